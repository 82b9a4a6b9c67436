import CKernels
import TestSupport
import Testing

@testable import Engine

/// A Winograd convolution on an activation, for every instruction set and number of threads.
struct WinogradCase: Sendable, CustomTestStringConvertible {
    let extent: Size3D
    let inputChannels: Int
    let outputChannels: Int
    /// The output frames of a tile.
    var framesPerTile = 4
    let isa: InstructionSet
    let threads: Int

    var testDescription: String {
        "\(extent.frames)x\(extent.height)x\(extent.width) \(inputChannels)→\(outputChannels) \(framesPerTile) frames \(isa) \(threads)t"
    }

    /// Single frames, lines and columns; tiles cut along every axis by 1 to 3, some of three outputs; channels around
    /// the vectors' and the panels' widths; more tiles than one work item takes, and one more.
    static let all: [WinogradCase] = {
        let shapes: [(extent: Size3D, cin: Int, cout: Int)] = [
            (Size3D(frames: 1, height: 1, width: 1), 1, 1),
            (Size3D(frames: 4, height: 4, width: 4), 16, 16),
            (Size3D(frames: 2, height: 1, width: 9), 3, 2),
            (Size3D(frames: 1, height: 7, width: 7), 5, 17),
            (Size3D(frames: 5, height: 3, width: 2), 17, 9),
            (Size3D(frames: 3, height: 11, width: 13), 8, 3),
            (Size3D(frames: 6, height: 5, width: 8), 33, 48),
            (Size3D(frames: 9, height: 6, width: 6), 15, 65),
            (Size3D(frames: 17, height: 8, width: 8), 2, 32),
            (Size3D(frames: 68, height: 4, width: 3), 1, 8),
            (Size3D(frames: 16, height: 14, width: 10), 16, 48),
            (Size3D(frames: 7, height: 10, width: 7), 9, 20),
        ]
        return shapes.flatMap { shape in
            [4, 2].flatMap { framesPerTile in
                InstructionSet.available.map { isa in
                    WinogradCase(
                        extent: shape.extent, inputChannels: shape.cin, outputChannels: shape.cout,
                        framesPerTile: framesPerTile,
                        isa: isa, threads: isa == .scalar ? 1 : 3)
                }
            }
        }
    }()

    var window: SlidingWindow {
        SlidingWindow(over: extent, channels: inputChannels, kernel: .cube(3), stride: .cube(1))
    }
}

@Suite("Winograd convolution")
struct WinogradConvolutionTests {
    /// The maximum error of one output: 24 u of the largest Σ |a b|, u = 2⁻²⁴.
    ///
    /// The rounding errors of a tile's 216 products affect all its 64 outputs, so the largest sum of magnitudes counts,
    /// not the output's own. The bound is measured, not proved: on this data fewer than one output in a thousand
    /// exceeds 8 u, and none 24 u.
    private static func bound(_ sum: ReferenceOps.Sum, largest: Double) -> Double {
        24 * 0x1p-24 * max(sum.magnitude, largest)
    }

    private static func largest(_ sums: [ReferenceOps.Sum]) -> Double { sums.map(\.magnitude).max() ?? 0 }

    private struct Setup {
        /// Owns the memory.
        let harness: OperationHarness
        let operation: WinogradConvolution
        let workspace: Workspace
        let source: TensorSlice
        let slice: TensorSlice
        let filters: [Float]
        let bias: [Float]
        let clip: [Float]
        let upstream: [Float]
    }

    /// If `isPartlyMasked`, the last channel of the input has no producer and so no mask; the output is a slice.
    private func setup(_ test: WinogradCase, isPartlyMasked: Bool, isRectified: Bool = false) throws -> Setup {
        var random = SeededGenerator(seed: UInt64(test.inputChannels * 100 + test.outputChannels))
        let scale = (2 / Float(27 * test.inputChannels)).squareRoot()
        let filters = random.normals(27 * test.inputChannels * test.outputChannels, scale: scale)
        let bias = random.normals(test.outputChannels, scale: 0.1)
        let clip = random.normals(test.extent.count * test.inputChannels).map { isRectified ? max($0, 0) : $0 }
        let upstream = random.normals(test.extent.count * test.outputChannels)
        let harness = OperationHarness()
        let source =
            isPartlyMasked
            ? harness.slice(test.extent, test.inputChannels - 1, before: 0)
            : harness.wholeSlice(test.extent, test.inputChannels)
        let slice = harness.slice(test.extent, test.outputChannels, before: 3)
        let operation = WinogradConvolution(
            name: "test",
            filters: try WinogradFilters(
                kernel: 3, framesPerTile: test.framesPerTile, inputChannels: test.inputChannels,
                outputChannels: test.outputChannels,
                filters: filters, bias: bias),
            input: source.tensor, slice: slice, flatOutputs: harness.flatOutputs(test.window))
        let workspace = try harness.start(
            scratchFloats: operation.scratchFloats, threads: test.threads, isa: test.isa)
        workspace.fill(source.tensor.activation, clip)
        workspace.fillSliceGradient(slice, upstream)
        return Setup(
            harness: harness, operation: operation, workspace: workspace, source: source, slice: slice,
            filters: filters, bias: bias, clip: clip, upstream: upstream)
    }

    @Test("Forward agrees with plain loops, and writes only its slice and masks", arguments: WinogradCase.all)
    func forward(_ test: WinogradCase) throws {
        let setup = try setup(test, isPartlyMasked: true)
        let before = setup.workspace.read(setup.slice.tensor.activation, setup.slice.tensor.count)
        setup.operation.forward(setup.workspace)
        let sums = ReferenceOps.convolution(
            test.window, input: setup.clip.map(Double.init), filters: setup.filters, bias: setup.bias)
        let largest = Self.largest(sums)
        let outputs = setup.workspace.readSlice(setup.slice)
        let masks = setup.workspace.bytes(setup.slice.mask.buffer)
        for (index, (output, sum)) in zip(outputs, sums).enumerated() {
            #expect((Double(output) - max(sum.value, 0)).magnitude <= Self.bound(sum, largest: largest))
            let (row, channel) = index.quotientAndRemainder(dividingBy: test.outputChannels)
            let bit = masks[row * setup.slice.mask.stride + channel / 8] >> UInt8(channel % 8) & 1
            #expect((bit == 1) == (output > 0))
        }
        let after = setup.workspace.read(setup.slice.tensor.activation, setup.slice.tensor.count)
        let channels = setup.slice.tensor.channels
        for index in after.indices where !(3..<3 + test.outputChannels).contains(index % channels) {
            #expect(after[index].bitPattern == before[index].bitPattern)
        }
    }

    @Test(
        "Backward agrees with plain loops: written, accumulated, masked", arguments: WinogradCase.all,
        [GradientRule.gradient, .guided])
    func backward(_ test: WinogradCase, _ rule: GradientRule) throws {
        for isPartlyMasked in [true, false] {
            let setup = try setup(test, isPartlyMasked: isPartlyMasked)
            let (workspace, source) = (setup.workspace, setup.source)
            let masked = isPartlyMasked ? test.inputChannels - 1 : test.inputChannels
            let expected = ReferenceOps.convolutionGradient(
                test.window, gradient: setup.upstream, filters: setup.filters, outputChannels: test.outputChannels)
            let largest = Self.largest(expected)
            // Written over the old content.
            setup.operation.backward(workspace, GradientWrite(accumulates: false, completes: false, rule: rule))
            let once = workspace.read(source.tensor.gradient, setup.clip.count)
            for (gradient, sum) in zip(once, expected) {
                #expect((Double(gradient) - sum.value).magnitude <= Self.bound(sum, largest: largest))
            }
            // Added once more, bit by bit, then masked.
            let masks = workspace.bytes(source.mask.buffer)
            for index in 0..<test.extent.count * source.mask.stride { masks[index] = 0b0101_1010 }
            setup.operation.backward(workspace, GradientWrite(accumulates: true, completes: true, rule: rule))
            let twice = workspace.read(source.tensor.gradient, setup.clip.count)
            for index in twice.indices {
                let channel = index % test.inputChannels
                let hasMask = channel < masked
                let isOpen = !hasMask || (0b0101_1010 >> (channel % 8)) & 1 == 1
                let passes = isOpen && (!hasMask || rule == .gradient || once[index] > 0)
                #expect(twice[index] == (passes ? 2 * once[index] : 0))
            }
        }
    }

    @Test("All masks of a concatenation of several producers are applied")
    func concatenation() throws {
        let extent = Size3D(frames: 3, height: 5, width: 6)
        let test = WinogradCase(
            extent: extent, inputChannels: 21, outputChannels: 4, isa: .preferred, threads: 2)
        var random = SeededGenerator(seed: 5)
        let harness = OperationHarness()
        var input = harness.tensor(extent, 21)
        for (first, channels) in [(0, 5), (5, 16)] {
            let stride = engine_mask_stride(channels)
            input.masks.append(
                ReLUMask(
                    buffer: harness.buffer(bytes: extent.count * stride), firstChannel: first, channels: channels,
                    stride: stride))
        }
        let slice = harness.wholeSlice(extent, 4)
        let filters = random.normals(27 * 21 * 4, scale: 0.1)
        let operation = WinogradConvolution(
            name: "test",
            filters: try WinogradFilters(
                kernel: 3, inputChannels: 21, outputChannels: 4, filters: filters, bias: [0, 0, 0, 0]),
            input: input, slice: slice, flatOutputs: harness.flatOutputs(test.window))
        let workspace = try harness.start(scratchFloats: operation.scratchFloats, threads: 2, isa: test.isa)
        workspace.fillSliceGradient(slice, random.normals(extent.count * 4))
        operation.backward(workspace, GradientWrite(accumulates: false, completes: false, rule: .gradient))
        let free = workspace.read(input.gradient, input.count)
        for (mask, pattern) in zip(input.masks, [UInt8(0xFF), 0]) {
            for index in 0..<extent.count * mask.stride { workspace.bytes(mask.buffer)[index] = pattern }
        }
        operation.backward(workspace, GradientWrite(accumulates: false, completes: true, rule: .gradient))
        let masked = workspace.read(input.gradient, input.count)
        for index in masked.indices { #expect(masked[index] == (index % 21 < 5 ? free[index] : 0)) }
    }

    @Test("Every variant gives the scalar variant's bits, with any number of threads")
    func sameBits() throws {
        for test in WinogradCase.all where test.isa == .scalar {
            func bits(_ isa: InstructionSet, _ threads: Int) throws -> [UInt32] {
                let setup = try setup(
                    WinogradCase(
                        extent: test.extent, inputChannels: test.inputChannels, outputChannels: test.outputChannels,
                        framesPerTile: test.framesPerTile, isa: isa, threads: threads), isPartlyMasked: false)
                setup.operation.forward(setup.workspace)
                let outputs = setup.workspace.readSlice(setup.slice)
                setup.operation.backward(
                    setup.workspace, GradientWrite(accumulates: false, completes: true, rule: .guided))
                let gradient = setup.workspace.read(setup.source.tensor.gradient, setup.clip.count)
                return (outputs + gradient).map(\.bitPattern)
            }
            let reference = try bits(.scalar, 1)
            for isa in InstructionSet.available {
                for threads in [1, 2, 3] { #expect(try bits(isa, threads) == reference, "\(test) \(isa) \(threads)") }
            }
        }
    }

    /// The network's layers, on frames small enough for plain loops: the error depends on the channels, not on the
    /// size.
    ///
    /// Measured against double precision, RMS error over RMS of the result: forward 1.6e-6 to 2.5e-6 on rectified
    /// input, backward 3.1e-6 to 3.6e-6 on signed; naive fp32 sums 0.5e-6 to 1.1e-6. Half as much again is the bound.
    /// The largest error, over the largest result, was 7.5e-6.
    @Test(
        "Each layer's error against double precision stays within the measured bound",
        arguments: [(64, 192, 4), (16, 32, 4), (128, 192, 4), (160, 320, 2), (192, 384, 2)])
    func accuracy(_ inputChannels: Int, _ outputChannels: Int, _ framesPerTile: Int) throws {
        let test = WinogradCase(
            extent: Size3D(frames: 4, height: 5, width: 5), inputChannels: inputChannels,
            outputChannels: outputChannels, framesPerTile: framesPerTile, isa: .preferred, threads: 2)
        func check(_ results: [Float], _ expected: [Double], rms: Double) {
            let error = zip(results, expected).map { Double($0) - $1 }
            let relative = (error.reduce(0) { $0 + $1 * $1 } / expected.reduce(0) { $0 + $1 * $1 }).squareRoot()
            let largest = (error.map(\.magnitude).max() ?? 0) / (expected.map(\.magnitude).max() ?? 1)
            #expect(relative <= rms, "RMS \(relative)")
            #expect(largest <= 1.2e-5, "largest \(largest)")
        }
        let setup = try setup(test, isPartlyMasked: false, isRectified: true)
        setup.operation.forward(setup.workspace)
        let sums = ReferenceOps.convolution(
            test.window, input: setup.clip.map(Double.init), filters: setup.filters, bias: setup.bias)
        check(setup.workspace.readSlice(setup.slice), sums.map { max($0.value, 0) }, rms: 3.8e-6)
        setup.operation.backward(setup.workspace, GradientWrite(accumulates: false, completes: false, rule: .gradient))
        let gradients = ReferenceOps.convolutionGradient(
            test.window, gradient: setup.upstream, filters: setup.filters, outputChannels: outputChannels)
        check(setup.workspace.read(setup.source.tensor.gradient, setup.clip.count), gradients.map(\.value), rms: 5.4e-6)
    }

    @Test("Random sizes and channels: forward and backward are transposes of each other")
    func adjoint() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<40 {
            let test = WinogradCase(
                extent: Size3D(
                    frames: .random(in: 1...10, using: &random), height: .random(in: 1...14, using: &random),
                    width: .random(in: 1...14, using: &random)),
                inputChannels: .random(in: 1...70, using: &random), outputChannels: .random(in: 1...70, using: &random),
                framesPerTile: Bool.random(using: &random) ? 4 : 2,
                isa: InstructionSet.available.filter { $0 != .scalar }.randomElement(using: &random) ?? .scalar,
                threads: 2)
            let setup = try setup(test, isPartlyMasked: false)
            // <y, A x> over the set mask bits is <Aᵀ y, x>: relu(A x) . y with y masked is (A x + b) . y.
            setup.operation.forward(setup.workspace)
            setup.workspace.applyMasks(setup.slice.tensor, rows: 0..<test.extent.count, rule: .gradient)
            let outputs = setup.workspace.readSlice(setup.slice)
            let left = zip(outputs.indices, zip(outputs, setup.upstream)).reduce(0.0) { sum, element in
                let (index, (output, gradient)) = element
                let bias = output > 0 ? Double(setup.bias[index % test.outputChannels]) : 0
                return sum + (Double(output) - bias) * Double(gradient)
            }
            setup.operation.backward(
                setup.workspace, GradientWrite(accumulates: false, completes: false, rule: .gradient))
            let gradient = setup.workspace.read(setup.source.tensor.gradient, setup.clip.count)
            let right = zip(gradient, setup.clip).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            let scale = zip(gradient, setup.clip).reduce(0.0) { $0 + Double(($1.0 * $1.1).magnitude) }
            #expect((left - right).magnitude <= 1e-5 * scale, "\(test)")
        }
    }
}
