import Foundation
import TestSupport
import Testing

@testable import Decode

/// Damaged files of every kind: each must be read to an end or refused, without a crash or a hang.
struct FuzzTests {
    private static let kinds: [(name: String, options: [String])] = [
        ("a.mp4", ["-c:v", "libx264"]), ("f.mp4", ["-c:v", "mpeg4", "-movflags", "frag_keyframe+empty_moov"]),
        ("a.mkv", ["-c:v", "libx264"]), ("a.gif", []), ("a.ts", ["-c:v", "libx264"]), ("a.avi", ["-c:v", "mpeg4"]),
        ("a.webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime"]), ("a.flv", ["-c:v", "flv1"]),
        ("a.hevc.mp4", ["-c:v", "libx265", "-x265-params", "log-level=none"]),
    ]

    @Test(arguments: kinds.map(\.name))
    func damagedVideosAreReadOrRefused(name: String) throws {
        let options = try #require(Self.kinds.first { $0.name == name }?.options)
        let directory = try TemporaryDirectory()
        let original = directory.file(name)
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=0.6"] + options + [original])
        let bytes = try directory.bytes(of: name)
        var mutator = Mutator(seed: 42)
        var opened = 0
        for round in 0..<Self.rounds {
            let path = try directory.write(mutator.mutated(bytes), to: "mutant-\(name)")
            do {
                let source = try SourceOpener.open(path, options: Self.smallOptions)
                let windows = try FrameWindowSource(
                    source,
                    options: WindowOptions(
                        preparation: FramePreparation(shortSide: 32, width: 32, height: 32), length: 4, stride: 2))
                var count = 0
                while try windows.next() != nil {
                    count += 1
                    // 60 kB cannot cover more time than the largest gaps allow.
                    guard count < 200_000 else {
                        Issue.record("round \(round) does not end")
                        break
                    }
                }
                opened += 1
            } catch {
                #expect(error.file != nil && !error.description.isEmpty)
            }
        }
        // Not every damaged file may be refused.
        #expect(opened > 5)
    }

    /// `SALIENCYD_FUZZ_ROUNDS` raises the number of rounds.
    private static let rounds = ProcessInfo.processInfo.environment["SALIENCYD_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 60

    private static let smallOptions: SourceOptions = {
        var options = SourceOptions()
        options.input.maximumPixels = 1 << 20
        options.input.maximumGap = 60
        return options
    }()

    @Test(arguments: ["png", "jpg", "bmp"])
    func damagedImagesAreReadOrRefused(type: String) throws {
        let directory = try TemporaryDirectory()
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=40x30:d=0.04", "-frames:v", "1", "-update", "1",
            directory.file("a0.\(type)"),
        ])
        let bytes = try directory.bytes(of: "a0.\(type)")
        var mutator = Mutator(seed: 7)
        for number in 1...200 { try directory.write(mutator.mutated(bytes), to: "a\(number).\(type)") }
        let source = try SourceOpener.open(directory.path, options: Self.smallOptions)
        let reading = try Reading(source)
        #expect(reading.frames.count + reading.count(.skippedFrames) == 201)
        #expect(reading.frames.allSatisfy { $0.width == 40 && $0.height == 30 })
    }
}
