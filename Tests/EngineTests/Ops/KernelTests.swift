import CKernels
import TestSupport
import Testing

@testable import Engine

/// Every variant of the kernels gives the bits of the scalar one.
@Suite("Kernels")
struct KernelTests {
    static let channelCounts = [1, 2, 7, 8, 9, 15, 16, 17, 31, 48, 67]
    private let scalar: engine_kernels
    private let guardValue: Float = -77

    init() throws {
        scalar = try #require(InstructionSet.scalar.kernels).table.pointee
    }

    private func values(_ count: Int, _ seed: UInt64) -> [Float] {
        var random = SeededGenerator(seed: seed)
        var values = random.normals(count)
        // Special values: zeros of both signs, infinities, NaN, subnormals.
        let special: [Float] = [0, -0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude]
        for index in stride(from: 3, to: count, by: 11) { values[index] = special[index % special.count] }
        return values
    }

    @Test("Bias, ReLU and masks", arguments: InstructionSet.available, channelCounts)
    func biasReLU(_ isa: InstructionSet, _ channels: Int) throws {
        let kernels = try #require(isa.kernels).table.pointee
        let (rows, sourceStride, destinationStride) = (5, channels + 3, channels + 2)
        let maskStride = engine_mask_stride(channels)
        let source = values(rows * sourceStride, 1)
        let bias = values(channels, 2)
        func run(_ kernels: engine_kernels) -> ([UInt32], [UInt8]) {
            var destination = [Float](repeating: guardValue, count: rows * destinationStride)
            var masks = [UInt8](repeating: 0xFF, count: rows * maskStride)
            kernels.bias_relu(
                rows, channels, source, sourceStride, bias, &destination, destinationStride, &masks, maskStride)
            return (destination.map(\.bitPattern), masks)
        }
        let (result, reference) = (run(kernels), run(scalar))
        #expect(result.0 == reference.0)
        #expect(result.1 == reference.1)
        // The results follow the definition, and nothing is written beside the rows.
        for index in 0..<rows * destinationStride {
            let (row, channel) = (index / destinationStride, index % destinationStride)
            let value = Float(bitPattern: result.0[index])
            guard channel < channels else {
                #expect(value == guardValue)
                continue
            }
            let sum = source[row * sourceStride + channel] + bias[channel]
            #expect(value == (sum > 0 ? sum : 0))
            let bit = result.1[row * maskStride + channel / 8] >> UInt8(channel % 8) & 1
            #expect((bit == 1) == (sum > 0))
        }
    }

    @Test("Masks", arguments: InstructionSet.available, channelCounts)
    func applyMasks(_ isa: InstructionSet, _ channels: Int) throws {
        let kernels = try #require(isa.kernels).table.pointee
        let (rows, stride) = (4, channels + 1)
        let maskStride = engine_mask_stride(channels)
        let gradient = values(rows * stride, 3)
        let masks = (0..<rows * maskStride).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ 29) }
        for guided: Int32 in [0, 1] {
            var (result, reference) = (gradient, gradient)
            kernels.apply_masks(rows, channels, &result, stride, masks, maskStride, guided)
            scalar.apply_masks(rows, channels, &reference, stride, masks, maskStride, guided)
            #expect(result.map(\.bitPattern) == reference.map(\.bitPattern))
            #expect(result[channels].bitPattern == gradient[channels].bitPattern)
            for channel in 0..<channels {
                let isOpen = masks[channel / 8] >> UInt8(channel % 8) & 1 == 1
                let passes = isOpen && (guided == 0 || gradient[channel] > 0)
                #expect(result[channel].bitPattern == (passes ? gradient[channel] : 0).bitPattern)
            }
        }
    }

    @Test("Maximum of rows, and the rows with the maximum", arguments: InstructionSet.available, channelCounts)
    func pools(_ isa: InstructionSet, _ channels: Int) throws {
        let kernels = try #require(isa.kernels).table.pointee
        let input = values(27 * channels, 4)
        let codes = (0..<27).map { UInt8($0 * 9) }
        for count in [1, 4, 27] {
            func run(_ kernels: engine_kernels) -> ([UInt32], [UInt8], [UInt32]) {
                var maxima = [Float](repeating: guardValue, count: channels + 1)
                var winners = [UInt8](repeating: 0xEE, count: channels + 1)
                var sums = values(channels + 1, 5)
                input.withUnsafeBufferPointer { input in
                    let rows = (0..<count).map { row in input.baseAddress.map { $0 + row * channels } }
                    kernels.maximum(count, channels, rows, codes, &maxima, &winners)
                    winners.withUnsafeBufferPointer { winners in
                        let same = [UnsafePointer<UInt8>?](repeating: winners.baseAddress, count: count)
                        kernels.sum_of_winners(count, channels, rows, same, codes, &sums, 0)
                        kernels.sum_of_winners(count, channels, rows, same, codes, &sums, 1)
                    }
                }
                return (maxima.map(\.bitPattern), winners, sums.map(\.bitPattern))
            }
            let (result, reference) = (run(kernels), run(scalar))
            #expect(result.0 == reference.0)
            #expect(result.1 == reference.1)
            #expect(result.2 == reference.2)
            #expect(result.1[channels] == 0xEE)
        }
    }

    @Test("Sums and bytes", arguments: InstructionSet.available, channelCounts)
    func elementwise(_ isa: InstructionSet, _ count: Int) throws {
        let kernels = try #require(isa.kernels).table.pointee
        let (source, start) = (values(count, 6), values(count, 7))
        var (result, reference) = (start, start)
        kernels.add(count, source, &result)
        scalar.add(count, source, &reference)
        #expect(result.map(\.bitPattern) == reference.map(\.bitPattern))

        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37) }
        kernels.scale_bytes(count, bytes, 2.0 / 255, -1, &result)
        #expect(result == bytes.map { Float($0) * (2.0 / 255) - 1 })
    }
}
