import CKernels
import TestSupport
import Testing

@testable import Engine

/// A unit and its pool in bands, compared with one after the other.
@Suite("Bands")
struct BandedConvolutionPoolTests {
    enum Kind: CaseIterable {
        case stem
        case tilesOf4
        case tilesOf2
    }

    private static let channels = 21

    /// Output, indices and masks of the pool, and the gradient of the input.
    private func run(_ kind: Kind, frames: Int, banded: Bool, rule: GradientRule) throws -> [UInt32] {
        var random = SeededGenerator(seed: 8)
        let harness = OperationHarness()
        let isStem = kind == .stem
        let inputChannels = isStem ? 3 : 17
        let extent = Size3D(frames: frames, height: 11, width: 14)
        let between = isStem ? Size3D(frames: (frames + 1) / 2, height: 6, width: 7) : extent
        let taps = isStem ? 343 : 27
        let filters = try WinogradFilters(
            kernel: isStem ? 7 : 3, framesPerTile: kind == .tilesOf2 ? 2 : 4, inputChannels: inputChannels,
            outputChannels: Self.channels, filters: random.normals(taps * inputChannels * Self.channels, scale: 0.1),
            bias: random.normals(Self.channels, scale: 0.1))

        let input = isStem ? harness.tensor(extent, 3) : harness.wholeSlice(extent, inputChannels).tensor
        let reach = isStem ? (before: 2, after: 1) : (before: 1, after: 1)
        let held = BandedConvolutionPool.heldFrames(between, reach: reach)
        let frameBytes = between.plane * Self.channels * 4
        var tensor = Tensor(
            extent: between, channels: Self.channels,
            activation: harness.buffer(bytes: (banded ? held.activation : between.frames) * frameBytes),
            gradient: harness.buffer(bytes: (banded ? held.gradient : between.frames) * frameBytes))
        let stride = engine_mask_stride(Self.channels)
        let mask = ReLUMask(
            buffer: harness.buffer(bytes: between.count * stride), firstChannel: 0, channels: Self.channels,
            stride: stride)
        tensor.masks = [mask]
        let slice = TensorSlice(tensor: tensor, mask: mask)
        let window = SlidingWindow(
            over: between, channels: Self.channels, kernel: Kernel3D(1, 3, 3), stride: Kernel3D(1, 2, 2))
        let output = harness.tensor(window.output, Self.channels)
        let pool = MaxPool(
            name: "pool", input: tensor, output: output, window: window,
            indices: harness.buffer(bytes: output.count))
        let flatOutputs = harness.flatOutputs(
            SlidingWindow(
                over: extent, channels: inputChannels, kernel: .cube(isStem ? 7 : 3), stride: .cube(isStem ? 2 : 1)))
        let unit: any RangedOperation =
            isStem
            ? WinogradStem(
                name: "unit", filters: filters, input: input, bytes: harness.buffer(bytes: input.count), slice: slice,
                flatOutputs: flatOutputs)
            : WinogradConvolution(
                name: "unit", filters: filters, input: input, slice: slice, flatOutputs: flatOutputs)
        #expect(unit.gradientReach == reach)

        let workspace = try harness.start(scratchFloats: unit.scratchFloats, threads: 2, isa: .preferred)
        workspace.fill(input.activation, random.normals(input.count))
        workspace.fill(output.gradient, random.normals(output.count))
        for mask in input.masks {
            for index in 0..<extent.count * mask.stride { workspace.bytes(mask.buffer)[index] = 0b0110_1001 }
        }
        let write = GradientWrite(accumulates: false, completes: true, rule: rule)
        if banded {
            let both = BandedConvolutionPool(unit: unit, pool: pool)
            both.forward(workspace)
            both.backward(workspace, write)
        } else {
            unit.forward(workspace)
            pool.forward(workspace)
            pool.backward(workspace, write)
            unit.backward(workspace, write)
        }
        let floats =
            workspace.read(output.activation, output.count) + workspace.read(input.gradient, input.count)
        let masks = (0..<between.count * stride).map { UInt32(workspace.bytes(mask.buffer)[$0]) }
        let indices = (0..<output.count).map { UInt32(workspace.bytes(pool.indices)[$0]) }
        return floats.map(\.bitPattern) + masks + indices
    }

    /// Fewer frames than a band, whole bands, and bands that end inside a tile.
    @Test(
        "Bands give the same bits as the whole", arguments: Kind.allCases, [1, 7, 16, 17, 26, 50])
    func sameBits(_ kind: Kind, _ frames: Int) throws {
        for rule in [GradientRule.gradient, .guided] {
            #expect(
                try run(kind, frames: frames, banded: true, rule: rule)
                    == run(kind, frames: frames, banded: false, rule: rule))
        }
    }
}
