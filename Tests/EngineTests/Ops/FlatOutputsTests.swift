import CKernels
import TestSupport
import Testing

@testable import Engine

/// A convolution over an input with flat areas.
struct FlatCase: Sendable, CustomTestStringConvertible {
    enum Area: CaseIterable {
        /// All elements are equal.
        case all
        /// All zeros, like the padding outside.
        case zeros
        /// Constant bars above and below a changing image.
        case bars
        /// One frame, repeated.
        case still
        /// One frame repeated, then another one repeated.
        case cut
        /// Boxes of one value at random places.
        case boxes
    }

    enum Kind: CaseIterable {
        case stem, stemOfBytes, tilesOf4, tilesOf2
    }

    let kind: Kind
    let area: Area
    let extent: Size3D

    var testDescription: String { "\(kind) \(area) \(extent.frames)x\(extent.height)x\(extent.width)" }
    var isStem: Bool { kind == .stem || kind == .stemOfBytes }
    var channels: Int { isStem ? 3 : 17 }
    static let outputChannels = 21

    static let all: [FlatCase] = Kind.allCases.flatMap { kind in
        Area.allCases.flatMap { area in
            [
                Size3D(frames: 9, height: 14, width: 11), Size3D(frames: 16, height: 14, width: 13),
                Size3D(frames: 1, height: 1, width: 7),
            ].map { FlatCase(kind: kind, area: area, extent: $0) }
        }
    }

    var window: SlidingWindow {
        SlidingWindow(
            over: extent, channels: channels, kernel: .cube(isStem ? 7 : 3), stride: .cube(isStem ? 2 : 1))
    }

    /// The number of an element's value: elements with the same number are equal, 0 is all zeros.
    func element(_ t: Int, _ y: Int, _ x: Int, _ boxes: [[ClosedRange<Int>]]) -> Int {
        let place = 1 + (t * extent.height + y) * extent.width + x
        return switch area {
        case .all: 1
        case .zeros: 0
        case .bars: y < extent.height / 3 || y >= extent.height - extent.height / 3 ? 1 : place
        case .still: 1 + y * extent.width + x
        case .cut: (t < extent.frames / 2 ? 1 : 100_000) + y * extent.width + x
        case .boxes:
            boxes.firstIndex { zip($0, [t, y, x]).allSatisfy { $0.contains($1) } }.map { -1 - $0 } ?? place
        }
    }
}

@Suite("Flat outputs of Winograd convolution")
struct FlatOutputsTests {
    private struct Run {
        let outputs: [Float]
        let masks: [UInt8]
        /// The values that the operation read.
        let input: [Float]
        let filters: [Float]
        let bias: [Float]
    }

    private func run(_ test: FlatCase, _ isa: InstructionSet = .preferred, threads: Int = 2) throws -> Run {
        var random = SeededGenerator(seed: 21)
        let (channels, columns) = (test.channels, FlatCase.outputChannels)
        let taps = test.isStem ? 343 : 27
        let filters = random.normals(taps * channels * columns, scale: (2 / Float(taps * channels)).squareRoot())
        let bias = random.normals(columns, scale: 0.1)
        func range(_ size: Int) -> ClosedRange<Int> {
            let first = Int.random(in: -size / 4..<size, using: &random)
            return first...first + Int.random(in: 0...size, using: &random)
        }
        let boxes = (0..<4).map { _ in [test.extent.frames, test.extent.height, test.extent.width].map(range) }
        var values: [Int: [UInt8]] = [:]
        var bytes: [UInt8] = []
        for t in 0..<test.extent.frames {
            for y in 0..<test.extent.height {
                for x in 0..<test.extent.width {
                    let number = test.element(t, y, x, boxes)
                    let value = values[number] ?? (0..<channels).map { _ in .random(in: 1...255, using: &random) }
                    values[number] = value
                    bytes += number == 0 ? value.map { _ in 0 } : value
                }
            }
        }
        let (scale, offset) = (Float(2.0 / 255), test.area == .zeros ? Float(0) : -1)
        let input = bytes.map { Float($0) * scale + offset }

        let harness = OperationHarness()
        let weights = try WinogradFilters(
            kernel: test.isStem ? 7 : 3, framesPerTile: test.kind == .tilesOf2 ? 2 : 4, inputChannels: channels,
            outputChannels: columns, filters: filters, bias: bias)
        let source =
            test.isStem ? harness.tensor(test.extent, channels) : harness.wholeSlice(test.extent, channels).tensor
        let slice = harness.slice(test.window.output, columns, before: 3)
        let held = harness.buffer(bytes: input.count)
        let flatOutputs = harness.flatOutputs(test.window)
        let operation: any RangedOperation =
            test.isStem
            ? WinogradStem(
                name: "test", filters: weights, input: source, bytes: held, slice: slice, flatOutputs: flatOutputs)
            : WinogradConvolution(
                name: "test", filters: weights, input: source, slice: slice, flatOutputs: flatOutputs)
        var workspace = try harness.start(scratchFloats: operation.scratchFloats, threads: threads, isa: isa)
        if test.kind == .stemOfBytes {
            workspace.bytes(held).update(from: bytes, count: bytes.count)
            workspace.byteRange = (scale, offset)
        } else {
            workspace.fill(source.activation, input)
        }
        operation.forward(workspace)
        let masks = (0..<test.window.output.count * slice.mask.stride).map { workspace.bytes(slice.mask.buffer)[$0] }
        // Any range of frames gives the same bits as the whole.
        let outputs = workspace.readSlice(slice)
        let size = operation.framesPerTile
        for first in stride(from: 0, to: test.window.output.frames, by: size) {
            workspace.fill(slice.tensor.activation, [Float](repeating: .nan, count: slice.tensor.count))
            let frames = first..<min(first + size, test.window.output.frames)
            operation.forward(workspace, frames: frames)
            let rows = test.window.output.plane * columns
            let part = workspace.readSlice(slice)[frames.lowerBound * rows..<frames.upperBound * rows]
            #expect(part.elementsEqual(outputs[part.indices], by: { $0.bitPattern == $1.bitPattern }))
        }
        return Run(outputs: outputs, masks: masks, input: input, filters: filters, bias: bias)
    }

    /// The field of an output, zeros outside.
    private func field(_ test: FlatCase, _ input: [Float], _ t: Int, _ y: Int, _ x: Int) -> [Float] {
        let (window, extent) = (test.window, test.extent)
        var field: [Float] = []
        for kt in 0..<window.kernel.frames {
            for kh in 0..<window.kernel.height {
                for kw in 0..<window.kernel.width {
                    let frame = t * window.stride.frames + kt - window.before.frames
                    let line = y * window.stride.height + kh - window.before.height
                    let column = x * window.stride.width + kw - window.before.width
                    let isInside =
                        (0..<extent.frames).contains(frame) && (0..<extent.height).contains(line)
                        && (0..<extent.width).contains(column)
                    let place = ((frame * extent.height + line) * extent.width + column) * test.channels
                    let outside = ArraySlice(repeating: Float(0), count: test.channels)
                    field += isInside ? input[place..<place + test.channels] : outside
                }
            }
        }
        return field
    }

    @Test("Neighbours with the same field have the same bits and masks", arguments: FlatCase.all)
    func equalStaysEqual(_ test: FlatCase) throws {
        let run = try run(test)
        let (output, columns) = (test.window.output, FlatCase.outputChannels)
        let maskStride = engine_mask_stride(columns)
        var fields: [[Float]] = []
        for t in 0..<output.frames {
            for y in 0..<output.height {
                for x in 0..<output.width { fields.append(field(test, run.input, t, y, x)) }
            }
        }
        var (ties, different) = (0, 0)
        for t in 0..<output.frames {
            for y in 0..<output.height {
                for x in 0..<output.width {
                    let place = (t * output.height + y) * output.width + x
                    for (exists, back) in [(x > 0, 1), (y > 0, output.width), (t > 0, output.plane)] where exists {
                        let other = place - back
                        guard fields[place] == fields[other] else { continue }
                        ties += 1
                        let isSame =
                            (0..<columns).allSatisfy {
                                run.outputs[place * columns + $0].bitPattern
                                    == run.outputs[other * columns + $0].bitPattern
                            }
                            && (0..<maskStride).allSatisfy {
                                run.masks[place * maskStride + $0] == run.masks[other * maskStride + $0]
                            }
                        if !isSame { different += 1 }
                    }
                }
            }
        }
        #expect(different == 0, "of \(ties)")
        // A field of 7 frames and the next one, two frames later, cover 9 frames, none of them outside.
        let hasTies =
            switch test.area {
            case .all, .zeros, .bars: output.count > 8
            case .still: output.count > 8 && (!test.isStem || test.extent.frames > 9)
            case .cut: output.count > 8 && !test.isStem
            case .boxes: false
            }
        #expect(ties > 0 || !hasTies)
    }

    /// 24 u of the largest sum of magnitudes for tiles of 3x3x3, 128 u for the stem's, as in their own tests.
    @Test(
        "Flat and other outputs agree with plain loops, masks with outputs",
        arguments: FlatCase.all.filter { $0.extent.frames != 16 })
    func agreement(_ test: FlatCase) throws {
        let run = try run(test)
        let sums = ReferenceOps.convolution(
            test.window, input: run.input.map(Double.init), filters: run.filters, bias: run.bias)
        let bound = (test.isStem ? 128 : 24) * 0x1p-24 * (sums.map(\.magnitude).max() ?? 0)
        let (columns, maskStride) = (FlatCase.outputChannels, engine_mask_stride(FlatCase.outputChannels))
        var (wrong, wrongMasks) = (0, 0)
        for (index, (output, sum)) in zip(run.outputs, sums).enumerated() {
            if (Double(output) - max(sum.value, 0)).magnitude > bound { wrong += 1 }
            let (row, channel) = index.quotientAndRemainder(dividingBy: columns)
            let isOpen = run.masks[row * maskStride + channel / 8] >> UInt8(channel % 8) & 1 == 1
            if isOpen != (output > 0) { wrongMasks += 1 }
        }
        #expect(run.outputs.count == sums.count)
        #expect(wrong == 0)
        #expect(wrongMasks == 0)
    }

    @Test("Every variant gives the scalar variant's bits, with any number of threads")
    func sameBits() throws {
        for test in FlatCase.all where test.extent.frames == 9 {
            func bits(_ isa: InstructionSet, _ threads: Int) throws -> [UInt32] {
                try run(test, isa, threads: threads).outputs.map(\.bitPattern)
            }
            let reference = try bits(.scalar, 1)
            for isa in InstructionSet.available {
                for threads in [1, 3] { #expect(try bits(isa, threads) == reference, "\(test) \(isa) \(threads)") }
            }
        }
    }
}
