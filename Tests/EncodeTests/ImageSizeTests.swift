import Foundation
import TestSupport
import Testing

@testable import Encode

/// The information in an image, measured as its compressed size.
@Suite struct FrameSizeTests {
    private struct Golden: Decodable {
        var shape: [Int]
        var image: [UInt8]
        var randomBlurred: [UInt8]
        var sizes: [Int]
    }

    /// Other versions of libwebp may compress to some bytes more or less.
    @Test func sizesEqualLosslessWebPOfPillow() throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let golden = try decoder.decode(Golden.self, from: Data(GoldenMaterial.bytes("evidence/information.json")))
        try #require(ImageSize.isKnown)
        for (bytes, expected) in zip([golden.image, golden.randomBlurred], golden.sizes) {
            let image = Image(width: golden.shape[1], height: golden.shape[0], channels: 3, bytes: bytes)
            let size = try ImageSize.webP(image)
            #expect(Double((size - expected).magnitude) < 0.02 * Double(expected), "\(size), Pillow \(expected)")
        }
    }

    @Test func morePatternIsMoreInformation() throws {
        let plain = Image(width: 40, height: 30, channels: 1, bytes: [UInt8](repeating: 9, count: 1200))
        var random = SeededGenerator(seed: 3)
        let noise = Image(
            width: 40, height: 30, channels: 1, bytes: (0..<1200).map { _ in UInt8.random(in: 0...255, using: &random) }
        )
        #expect(try 10 * ImageSize.webP(plain) < ImageSize.webP(noise))
    }
}
