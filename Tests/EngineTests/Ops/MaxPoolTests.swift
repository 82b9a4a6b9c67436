import TestSupport
import Testing

@testable import Engine

struct MaxPoolCase: Sendable, CustomTestStringConvertible {
    let kernel: Kernel3D
    let stride: Kernel3D
    let extent: Size3D
    let channels: Int
    let isa: InstructionSet

    var testDescription: String { "\(kernel)/\(stride) \(extent) \(channels) \(isa)" }

    /// The four pools of the network, over odd and even sizes.
    static let all: [MaxPoolCase] = {
        let pools: [(Kernel3D, Kernel3D)] = [
            (Kernel3D(1, 3, 3), Kernel3D(1, 2, 2)), (.cube(3), .cube(2)), (.cube(2), .cube(2)), (.cube(3), .cube(1)),
        ]
        let extents = [
            Size3D(frames: 1, height: 1, width: 1), Size3D(frames: 2, height: 5, width: 8),
            Size3D(frames: 3, height: 4, width: 7),
        ]
        return pools.flatMap { kernel, stride in
            zip(extents, [1, 19, 40]).flatMap { extent, channels in
                InstructionSet.available.map {
                    MaxPoolCase(kernel: kernel, stride: stride, extent: extent, channels: channels, isa: $0)
                }
            }
        }
    }()
}

@Suite("Max-pool")
struct MaxPoolTests {
    @Test("Forward is exact, backward gathers what plain loops scatter", arguments: MaxPoolCase.all)
    func agreesWithReference(_ test: MaxPoolCase) throws {
        var random = SeededGenerator(seed: 11)
        let window = SlidingWindow(
            over: test.extent, channels: test.channels, kernel: test.kernel, stride: test.stride)
        // Coarse values, so that there are ties; all below zero, so that a padding of zeros would win.
        let input = random.normals(test.extent.count * test.channels).map { ($0 * 4).rounded() / 4 - 8 }
        let upstream = random.normals(window.output.count * test.channels)

        let harness = OperationHarness()
        let source = harness.tensor(test.extent, test.channels)
        let output = harness.tensor(window.output, test.channels)
        let pool = MaxPool(
            name: "test", input: source, output: output, window: window, indices: harness.buffer(bytes: output.count))
        let workspace = try harness.start(scratchFloats: pool.scratchFloats, threads: 2, isa: test.isa)
        workspace.fill(source.activation, input)
        workspace.fill(output.gradient, upstream)

        pool.forward(workspace)
        let expected = ReferenceOps.maxPool(window, input: input.map(Double.init))
        #expect(workspace.read(output.activation, output.count).map(Double.init) == expected.map(\.value))
        let indices = (0..<output.count).map { Int(workspace.bytes(pool.indices)[$0]) }
        #expect(indices == expected.map(\.tap))

        // An element's derivative is the sum of the gradients of the windows of which it is the maximum.
        var scattered = [ReferenceOps.Sum](repeating: ReferenceOps.Sum(), count: source.count)
        for (index, winner) in expected.enumerated() {
            scattered[winner.element * test.channels + index % test.channels].add(Double(upstream[index]), 1)
        }
        pool.backward(workspace, GradientWrite(accumulates: false, completes: true, rule: .gradient))
        for (gradient, sum) in zip(workspace.read(source.gradient, source.count), scattered) {
            #expect((Double(gradient) - sum.value).magnitude <= sum.bound(terms: 27))
        }
        pool.backward(workspace, GradientWrite(accumulates: true, completes: true, rule: .gradient))
        for (gradient, sum) in zip(workspace.read(source.gradient, source.count), scattered) {
            #expect((Double(gradient) - 2 * sum.value).magnitude <= 2 * sum.bound(terms: 54))
        }
    }

    @Test("A window with more elements than the kernels' limit is refused")
    func tooManyTaps() async {
        await #expect(processExitsWith: .failure) {
            let window = SlidingWindow(
                over: Size3D(frames: 4, height: 4, width: 4), channels: 1, kernel: .cube(4), stride: .cube(1))
            let harness = OperationHarness()
            _ = MaxPool(
                name: "test", input: harness.tensor(window.input, 1), output: harness.tensor(window.output, 1),
                window: window, indices: harness.buffer(bytes: window.output.count))
        }
    }

    @Test("The gradient is the derivative: central differences")
    func finiteDifferences() throws {
        var random = SeededGenerator(seed: 5)
        let window = SlidingWindow(
            over: Size3D(frames: 3, height: 5, width: 4), channels: 3, kernel: .cube(3), stride: .cube(2))
        let harness = OperationHarness()
        let source = harness.tensor(window.input, 3)
        let output = harness.tensor(window.output, 3)
        let pool = MaxPool(
            name: "test", input: source, output: output, window: window, indices: harness.buffer(bytes: output.count))
        let workspace = try harness.start(scratchFloats: 0, threads: 1, isa: .preferred)
        let input = random.normals(source.count)
        let seed = random.normals(output.count)
        workspace.fill(source.activation, input)
        workspace.fill(output.gradient, seed)
        pool.forward(workspace)
        pool.backward(workspace, GradientWrite(accumulates: false, completes: true, rule: .gradient))
        let gradient = workspace.read(source.gradient, source.count)
        for index in input.indices {
            let step = 1e-7
            func value(_ shift: Double) -> Double {
                var x = input.map(Double.init)
                x[index] += shift
                return zip(seed, ReferenceOps.maxPool(window, input: x)).reduce(0) { $0 + Double($1.0) * $1.1.value }
            }
            let difference = (value(step) - value(-step)) / (2 * step)
            #expect((difference - Double(gradient[index])).magnitude <= 1e-5)
        }
    }
}
