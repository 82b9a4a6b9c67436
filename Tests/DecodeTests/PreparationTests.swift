import Media
import TestSupport
import Testing

@testable import Decode

/// The whole way from a file to the network's frames, compared with the published preparation as Python computes it in
/// double precision: 25 frames per second by time stamp, short side, bilinear, centre crop. The clip is lossless RGB, so
/// that no decoder's rounding takes part. `Tests/Golden/preparation` has the values and their derived bounds.
struct PreparationTests {
    private static let frameCount = 9

    /// The clip of `tools/golden/make_preparation.py`.
    private static func clip(width: Int, height: Int) -> [UInt8] {
        var samples: [UInt8] = []
        samples.reserveCapacity(frameCount * height * width * 3)
        for index in 0..<frameCount {
            for y in 0..<height {
                for x in 0..<width {
                    for c in 0..<3 { samples.append(sample(index, x, y, c)) }
                }
            }
        }
        return samples
    }

    private static func sample(_ index: Int, _ x: Int, _ y: Int, _ c: Int) -> UInt8 {
        let phase: Int = 3 * x + 2 * y + 5 * index + 40 * c
        let column: Int = (x + 2 * index) / 6
        let wave: Int = abs(phase % 120 - 60)
        let square: Int = (column + y / 5 + c) % 2
        return UInt8(40 + 2 * wave + 24 * square)
    }

    /// The frames of the only window at 25 samples per second.
    private static func window(width: Int, height: Int, aspect: String) throws -> Window? {
        let folder = try TemporaryDirectory()
        try folder.write(clip(width: width, height: height), to: "clip.rgb")
        try MediaFactory.ffmpeg([
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "\(width)x\(height)", "-r", "30", "-i",
            folder.file("clip.rgb"), "-vf", "setsar=\(aspect)", "-c:v", "ffv1", "-pix_fmt", "gbrp",
            folder.file("clip.mkv"),
        ])
        let source = try SourceOpener.open(folder.file("clip.mkv"))
        let clip = try ClipWindow(
            source: source.properties, preparation: FramePreparation(shortSide: 48, width: 40, height: 40), length: 8,
            stride: 8, rate: .framesPerSecond(25))
        var windows: [Window] = []
        for frame in try Reading(source).frames { windows += try clip.append(frame) }
        windows += try clip.finish()
        return windows.first
    }

    @Test(
        "A clip's samples are the published preparation's, to the rounding of a fixed-point scaler",
        arguments: [("enlarged", 60, 44, "1"), ("reduced", 200, 120, "1"), ("wide-pixels", 48, 80, "4/3")])
    func agreesWithPython(name: String, width: Int, height: Int, aspect: String) throws {
        let golden = try GoldenFile(path: GoldenMaterial.path("preparation/golden.safetensors")).tensors
        let window = try #require(try Self.window(width: width, height: height, aspect: aspect))
        let shown = try #require(golden["frames"]).values.map(Int.init)
        #expect(window.frames.map(\.sourceIndex) == shown)
        for frame in window.frames {
            guard let expected = golden["\(name)/\(frame.sourceIndex)"] else { continue }
            let bounds = try #require(golden["\(name)/\(frame.sourceIndex)/bound"]).values
            #expect([frame.height, frame.width, frame.channels] == expected.shape)
            // The bounds are rounded up to 32nds of a level; float32 keeps the values to 2^-17.
            let bytes = frame.bytes
            var excess: Float = -.infinity
            for (index, value) in expected.values.enumerated() {
                let distance: Float = (Float(bytes[index]) - value).magnitude
                excess = max(excess, distance - bounds[index / 3] / 32)
            }
            #expect(excess <= 1e-4, "frame \(frame.sourceIndex): \(excess) levels too far")
        }
        #expect(Set(shown).filter { golden["\(name)/\($0)"] != nil }.count == 2)
    }
}
