import TestSupport
import Testing

@testable import Engine

/// Several units over one input, as in a block of the network.
@Suite("Pointwise convolutions side by side")
struct PointwiseConvolutionTests {
    private static let extent = Size3D(frames: 3, height: 5, width: 9)
    private static let inputChannels = 37
    private static let widths = [5, 48, 65]

    private struct Setup {
        /// Owns the memory.
        let harness: OperationHarness
        let operation: PointwiseConvolution
        let workspace: Workspace
        let source: TensorSlice
        let units: [FoldedConvolution]
        let clip: [Float]
        let upstream: [[Float]]
    }

    private func setup(_ isa: InstructionSet, threads: Int) throws -> Setup {
        var random = SeededGenerator(seed: 3)
        let units = Self.widths.map { width in
            FoldedConvolution(
                name: "test", kernel: 1, inputChannels: Self.inputChannels, outputChannels: width,
                filters: random.normals(Self.inputChannels * width, scale: 0.2),
                bias: random.normals(width, scale: 0.1))
        }
        let clip = random.normals(Self.extent.count * Self.inputChannels)
        let upstream = Self.widths.map { random.normals(Self.extent.count * $0) }
        let harness = OperationHarness()
        let source = harness.wholeSlice(Self.extent, Self.inputChannels)
        let slices = Self.widths.map { harness.slice(Self.extent, $0, before: 2) }
        let operation = PointwiseConvolution(
            name: "test", filters: try PackedFilters(FoldedConvolution(joining: units, name: "test")),
            input: source.tensor, slices: slices)
        let workspace = try harness.start(scratchFloats: 1, threads: threads, isa: isa)
        workspace.fill(source.tensor.activation, clip)
        for (slice, gradient) in zip(slices, upstream) { workspace.fillSliceGradient(slice, gradient) }
        let masks = workspace.bytes(source.mask.buffer)
        for index in 0..<Self.extent.count * source.mask.stride { masks[index] = 0b1001_0110 }
        return Setup(
            harness: harness, operation: operation, workspace: workspace, source: source, units: units, clip: clip,
            upstream: upstream)
    }

    @Test(
        "Every unit agrees with plain loops, and the gradient is the sum over the units",
        arguments: InstructionSet.available
    )
    func agreesWithReference(_ isa: InstructionSet) throws {
        let setup = try setup(isa, threads: 2)
        let window = SlidingWindow(
            over: Self.extent, channels: Self.inputChannels, kernel: .cube(1), stride: .cube(1))
        setup.operation.forward(setup.workspace)
        var expected = [ReferenceOps.Sum](repeating: ReferenceOps.Sum(), count: setup.clip.count)
        for (unit, (slice, upstream)) in zip(setup.units, zip(setup.operation.slices, setup.upstream)) {
            let sums = ReferenceOps.convolution(
                window, input: setup.clip.map(Double.init), filters: unit.filters, bias: unit.bias)
            for (output, sum) in zip(setup.workspace.readSlice(slice), sums) {
                #expect((Double(output) - max(sum.value, 0)).magnitude <= sum.bound(terms: Self.inputChannels))
            }
            let gradient = ReferenceOps.convolutionGradient(
                window, gradient: upstream, filters: unit.filters, outputChannels: unit.outputChannels)
            for index in expected.indices {
                expected[index].value += gradient[index].value
                expected[index].magnitude += gradient[index].magnitude
            }
        }
        setup.operation.backward(
            setup.workspace, GradientWrite(accumulates: false, completes: true, rule: .gradient))
        let gradient = setup.workspace.read(setup.source.tensor.gradient, setup.clip.count)
        for (index, (value, sum)) in zip(gradient, expected).enumerated() {
            let isOpen = 0b1001_0110 >> (index % Self.inputChannels % 8) & 1 == 1
            let error = (Double(value) - (isOpen ? sum.value : 0)).magnitude
            #expect(error <= sum.bound(terms: Self.widths.reduce(0, +)))
        }
    }

    @Test("Every variant gives the scalar variant's bits, with any number of threads")
    func sameBits() throws {
        func bits(_ isa: InstructionSet, _ threads: Int) throws -> [UInt32] {
            let setup = try setup(isa, threads: threads)
            setup.operation.forward(setup.workspace)
            setup.operation.backward(
                setup.workspace, GradientWrite(accumulates: false, completes: true, rule: .guided))
            let outputs = setup.operation.slices.flatMap { setup.workspace.readSlice($0) }
            return (outputs + setup.workspace.read(setup.source.tensor.gradient, setup.clip.count)).map(\.bitPattern)
        }
        let reference = try bits(.scalar, 1)
        for isa in InstructionSet.available {
            for threads in [1, 2, 3] { #expect(try bits(isa, threads) == reference, "\(isa) \(threads)") }
        }
    }
}
