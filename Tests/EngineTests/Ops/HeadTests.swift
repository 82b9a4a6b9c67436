import TestSupport
import Testing

@testable import Engine

@Suite("Head")
struct HeadTests {
    static let extents = [
        Size3D(frames: 1, height: 1, width: 1), Size3D(frames: 2, height: 4, width: 4),
        Size3D(frames: 8, height: 7, width: 7), Size3D(frames: 3, height: 9, width: 12),
        Size3D(frames: 1, height: 8, width: 2),
    ]

    @Test("Logits are the mean over all positions of average pool and convolution", arguments: extents)
    func forwardAndBackward(_ extent: Size3D) throws {
        var random = SeededGenerator(seed: 3)
        let (channels, classes) = (11, 5)
        let weights = HeadWeights(
            inputChannels: channels, classCount: classes, filters: random.normals(channels * classes),
            bias: random.normals(classes))
        let harness = OperationHarness()
        var input = harness.slice(extent, channels - 1, before: 0).tensor
        input.masks = []
        let head = Head(weights: weights, input: input, sums: harness.buffer(bytes: Head.sumBytes(input)))
        let workspace = try harness.start(scratchFloats: 0, threads: 2, isa: .preferred)
        let values = random.normals(input.count)
        workspace.fill(input.activation, values)

        // As published: pool at every position, convolve, then take the mean.
        let pool = Kernel3D(min(2, extent.frames), min(7, extent.height), min(7, extent.width))
        let stops = Kernel3D(
            extent.frames - pool.frames + 1, extent.height - pool.height + 1, extent.width - pool.width + 1)
        var logits = weights.bias.map(Double.init)
        var share = [Double](repeating: 0, count: extent.count)
        for stop in 0..<stops.count {
            for tap in 0..<pool.count {
                let t = stop / (stops.width * stops.height) + tap / (pool.width * pool.height)
                let y = stop / stops.width % stops.height + tap / pool.width % pool.height
                let x = stop % stops.width + tap % pool.width
                let position = (t * extent.height + y) * extent.width + x
                share[position] += 1 / Double(stops.count * pool.count)
            }
        }
        for position in 0..<extent.count {
            for channel in 0..<channels {
                let value = share[position] * Double(values[position * channels + channel])
                for index in 0..<classes { logits[index] += value * Double(weights.filters[channel * classes + index]) }
            }
        }
        // Sums are in double precision, so only one rounding to fp32 is left.
        for (result, expected) in zip(head.forward(workspace), logits) {
            #expect((Double(result) - expected).magnitude <= 1e-7 * max(1, expected.magnitude))
        }

        // The head is linear: the derivative with respect to an element is its share times the seeded filters.
        let seed: [Float] = [0, 1, 0, -0.5, 0]
        head.backward(workspace, seed: seed, rule: .gradient)
        let gradient = workspace.read(input.gradient, input.count)
        for position in 0..<extent.count {
            for channel in 0..<channels {
                let direction =
                    Double(weights.filters[channel * classes + 1]) - 0.5
                    * Double(weights.filters[channel * classes + 3])
                let expected = share[position] * direction
                let result = Double(gradient[position * channels + channel])
                #expect((result - expected).magnitude <= 1e-7 * max(1e-3, expected.magnitude))
            }
        }
    }
}
