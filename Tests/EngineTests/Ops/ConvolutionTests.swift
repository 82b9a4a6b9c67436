import TestSupport
import Testing

@testable import Engine

/// A convolution on a small activation, for every instruction set and number of threads.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    let kernel: Int
    let stride: Int
    let extent: Size3D
    let inputChannels: Int
    let outputChannels: Int
    let isa: InstructionSet
    let threads: Int

    var testDescription: String {
        "\(kernel)³/\(stride) \(extent.frames)x\(extent.height)x\(extent.width) "
            + "\(inputChannels)→\(outputChannels) \(isa) \(threads)t"
    }

    /// Odd and even sizes, single frames and lines, channel counts around the vector widths.
    static let all: [ConvolutionCase] = {
        let shapes: [(kernel: Int, stride: Int, extent: Size3D, cin: Int, cout: Int)] = [
            (1, 1, Size3D(frames: 1, height: 1, width: 1), 1, 1),
            (1, 1, Size3D(frames: 3, height: 5, width: 19), 7, 17),
            (1, 1, Size3D(frames: 2, height: 16, width: 20), 16, 33),
            (3, 1, Size3D(frames: 1, height: 1, width: 1), 3, 2),
            (3, 1, Size3D(frames: 1, height: 7, width: 7), 5, 16),
            (3, 1, Size3D(frames: 4, height: 3, width: 2), 17, 9),
            (3, 1, Size3D(frames: 3, height: 11, width: 13), 8, 3),
            (7, 2, Size3D(frames: 1, height: 9, width: 8), 3, 4),
            (7, 2, Size3D(frames: 4, height: 7, width: 13), 2, 5),
            (7, 2, Size3D(frames: 5, height: 10, width: 7), 3, 8),
        ]
        return shapes.flatMap { shape in
            InstructionSet.available.map { isa in
                ConvolutionCase(
                    kernel: shape.kernel, stride: shape.stride, extent: shape.extent, inputChannels: shape.cin,
                    outputChannels: shape.cout, isa: isa, threads: isa == .scalar ? 1 : 3)
            }
        }
    }()

    var window: SlidingWindow {
        SlidingWindow(over: extent, channels: inputChannels, kernel: .cube(kernel), stride: .cube(stride))
    }
}

@Suite("Convolutions")
struct ConvolutionTests {
    @Test(
        "Forward and backward agree with plain loops within the bound of fp32 sums", arguments: ConvolutionCase.all,
        [GradientRule.gradient, .guided])
    func agreesWithReference(_ test: ConvolutionCase, _ rule: GradientRule) throws {
        var random = SeededGenerator(seed: UInt64(test.kernel * 1000 + test.inputChannels))
        let window = test.window
        let terms = test.kernel * test.kernel * test.kernel
        let filters = random.normals(terms * test.inputChannels * test.outputChannels, scale: 0.3)
        let bias = random.normals(test.outputChannels, scale: 0.3)
        let clip = random.normals(window.input.count * test.inputChannels)
        let upstream = random.normals(window.output.count * test.outputChannels)

        let harness = OperationHarness()
        let source = harness.slice(window.input, test.inputChannels - 1, before: 0)
        let slice = harness.slice(window.output, test.outputChannels, before: 3)
        let operation = try test.operation(input: source.tensor, slice: slice, filters: filters, bias: bias)
        let workspace = try harness.start(
            scratchFloats: operation.scratchFloats, threads: test.threads, isa: test.isa)
        workspace.fill(source.tensor.activation, clip)

        operation.forward(workspace)
        let sums = ReferenceOps.convolution(window, input: clip.map(Double.init), filters: filters, bias: bias)
        let outputs = workspace.readSlice(slice)
        for (output, sum) in zip(outputs, sums) {
            #expect(
                (Double(output) - max(sum.value, 0)).magnitude <= sum.bound(terms: terms * test.inputChannels))
        }

        // The mask of the unit's outputs, as their last consumer applies it.
        workspace.fillSliceGradient(slice, upstream)
        workspace.applyMasks(slice.tensor, rows: 0..<window.output.count, rule: rule)
        let masked = zip(upstream, outputs).map { gradient, output in
            output > 0 && (rule == .gradient || gradient > 0) ? gradient : 0
        }
        // Written over the old content, then added once more, then masked.
        operation.backward(workspace, GradientWrite(accumulates: false, completes: false, rule: rule))
        let once = workspace.read(source.tensor.gradient, clip.count)
        let expected = ReferenceOps.convolutionGradient(
            window, gradient: masked, filters: filters, outputChannels: test.outputChannels)
        for (gradient, sum) in zip(once, expected) {
            #expect((Double(gradient) - sum.value).magnitude <= sum.bound(terms: terms * test.outputChannels))
        }
        let masks = workspace.bytes(source.mask.buffer)
        for index in 0..<window.input.count * source.mask.stride { masks[index] = 0b0101_1010 }
        operation.backward(workspace, GradientWrite(accumulates: true, completes: true, rule: rule))
        let twice = workspace.read(source.tensor.gradient, clip.count)
        for (index, sum) in expected.enumerated() {
            let channel = index % test.inputChannels
            let total = 2 * sum.value
            let bound = 2 * sum.bound(terms: terms * test.outputChannels + 1)
            // The last channel has no producer, hence no mask.
            let hasMask = channel < test.inputChannels - 1
            let isClosed = hasMask && (0b0101_1010 >> (channel % 8)) & 1 == 0
            if isClosed || hasMask && rule == .guided && total < -bound {
                #expect(twice[index] == 0)
            } else if !(hasMask && rule == .guided) || total > bound {
                #expect((Double(twice[index]) - total).magnitude <= bound)
            }
        }
    }

    @Test("The gradient is the derivative: central differences of the double-precision forward pass")
    func finiteDifferences() throws {
        for test in ConvolutionCase.all where test.isa == InstructionSet.preferred && test.extent.count <= 400 {
            var random = SeededGenerator(seed: 7)
            let window = test.window
            let terms = test.kernel * test.kernel * test.kernel
            let filters = random.normals(terms * test.inputChannels * test.outputChannels, scale: 0.3)
            let bias = random.normals(test.outputChannels, scale: 0.3)
            let clip = random.normals(window.input.count * test.inputChannels)
            let seed = random.normals(window.output.count * test.outputChannels)

            let harness = OperationHarness()
            let input = harness.tensor(window.input, test.inputChannels)
            let slice = harness.slice(window.output, test.outputChannels, before: 0)
            let operation = try test.operation(input: input, slice: slice, filters: filters, bias: bias)
            let workspace = try harness.start(scratchFloats: operation.scratchFloats, threads: 2, isa: test.isa)
            workspace.fill(input.activation, clip)
            operation.forward(workspace)
            workspace.fillSliceGradient(slice, seed)
            workspace.applyMasks(slice.tensor, rows: 0..<window.output.count, rule: .gradient)
            operation.backward(workspace, GradientWrite(accumulates: false, completes: true, rule: .gradient))
            let gradient = workspace.read(input.gradient, clip.count)

            func pre(_ x: [Double]) -> [Double] {
                ReferenceOps.convolution(window, input: x, filters: filters, bias: bias).map(\.value)
            }
            for index in [0, clip.count / 3, clip.count / 2, clip.count - 1] {
                let step = 1e-6
                var (low, high) = (clip.map(Double.init), clip.map(Double.init))
                low[index] -= step
                high[index] += step
                let (below, above) = (pre(low), pre(high))
                // No ReLU may switch between the two points, because there the derivative does not exist.
                guard zip(below, above).allSatisfy({ ($0 > 0) == ($1 > 0) }) else { continue }
                let difference = zip(seed, zip(below, above)).reduce(0.0) {
                    $0 + Double($1.0) * (max($1.1.1, 0) - max($1.1.0, 0))
                }
                // The function is linear between kinks, so only fp32 rounding of the gradient is left.
                let scale = seed.reduce(0.0) { $0 + Double($1.magnitude) }
                #expect(
                    (difference / (2 * step) - Double(gradient[index])).magnitude <= 1e-6 * max(scale, 1),
                    "\(test.testDescription) at \(index)")
            }
        }
    }

    @Test("Every variant gives the scalar variant's bits, with any number of threads")
    func sameBits() throws {
        for test in ConvolutionCase.all where test.isa == .scalar {
            func bits(_ isa: InstructionSet, _ threads: Int) throws -> [UInt32] {
                var random = SeededGenerator(seed: 9)
                let taps = test.kernel * test.kernel * test.kernel
                let harness = OperationHarness()
                let source = harness.wholeSlice(test.extent, test.inputChannels)
                let slice = harness.slice(test.window.output, test.outputChannels, before: 3)
                let operation = try test.operation(
                    input: source.tensor, slice: slice,
                    filters: random.normals(taps * test.inputChannels * test.outputChannels, scale: 0.3),
                    bias: random.normals(test.outputChannels, scale: 0.3))
                let workspace = try harness.start(
                    scratchFloats: operation.scratchFloats, threads: threads, isa: isa)
                workspace.fill(source.tensor.activation, random.normals(source.tensor.count))
                workspace.fillSliceGradient(slice, random.normals(test.window.output.count * test.outputChannels))
                operation.forward(workspace)
                operation.backward(workspace, GradientWrite(accumulates: false, completes: true, rule: .guided))
                let gradient = workspace.read(source.tensor.gradient, source.tensor.count)
                return (workspace.readSlice(slice) + gradient).map(\.bitPattern)
            }
            let reference = try bits(.scalar, 1)
            for isa in InstructionSet.available {
                for threads in [1, 2, 3] { #expect(try bits(isa, threads) == reference, "\(test) \(isa) \(threads)") }
            }
        }
    }

    @Test("SAME padding puts the odd element at the end, as in TensorFlow")
    func padding() {
        let even = SlidingWindow(
            over: Size3D(frames: 64, height: 224, width: 6), channels: 3, kernel: .cube(7), stride: .cube(2))
        #expect(even.output == Size3D(frames: 32, height: 112, width: 3))
        #expect(even.before == Kernel3D(2, 2, 2))
        let odd = SlidingWindow(
            over: Size3D(frames: 1, height: 33, width: 47), channels: 3, kernel: .cube(7), stride: .cube(2))
        #expect(odd.output == Size3D(frames: 1, height: 17, width: 24))
        #expect(odd.before == Kernel3D(3, 3, 3))
    }
}

extension ConvolutionCase {
    func operation(input: Tensor, slice: TensorSlice, filters: [Float], bias: [Float]) throws -> any Operation {
        let filters = try PackedFilters(
            FoldedConvolution(
                name: "test", kernel: kernel, inputChannels: inputChannels, outputChannels: outputChannels,
                filters: filters, bias: bias))
        return kernel == 1
            ? PointwiseConvolution(name: "test", filters: filters, input: input, slices: [slice])
            : Convolution(name: "test", filters: filters, input: input, slice: slice, window: window)
    }
}

extension SeededGenerator {
    /// Roughly normal: the sum of four uniform numbers, variance `scale`².
    mutating func normals(_ count: Int, scale: Float = 1) -> [Float] {
        (0..<count).map { _ in
            let sum = (0..<4).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &self) }
            return sum * scale * 0.866
        }
    }
}
