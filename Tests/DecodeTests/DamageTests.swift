import Concurrency
import Foundation
import Media
import TestSupport
import Testing

@testable import Decode

/// Files that are truncated, overwritten, or not videos.
struct DamageTests {
    /// A clip of two seconds at 25 fps with sound, a key frame every 10 frames.
    private func clip(_ directory: TemporaryDirectory, _ name: String, _ more: [String] = []) throws -> String {
        let path = directory.file(name)
        try MediaFactory.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264",
                "-g", "10", "-bf", "2", "-c:a", "aac",
            ] + more + [path])
        return path
    }

    /// MPEG-PS is not included: it states neither length nor duration.
    /// Matroska's duration may count from 0, whatever the time of its first packet.
    @Test func lateStartIsNotTruncation() throws {
        let directory = try TemporaryDirectory()
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-output_ts_offset", "10", directory.file("late.mkv"),
        ])
        let reading = try Reading(VideoFileSource(directory.file("late.mkv")))
        #expect(reading.frames.count == 25)
        #expect(reading.warnings.isEmpty)
    }

    @Test(arguments: [
        ("cut.mkv", []), ("cut.ts", []), ("cut.avi", ["-bf", "0"]), ("cut.flv", []),
        ("fragmented.mp4", ["-movflags", "frag_keyframe+empty_moov"]), ("plain.mp4", ["-movflags", "faststart"]),
        ("cut.webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus"]),
    ])
    func truncatedFilesAreReadToTheirEnd(name: String, options: [String]) throws {
        let directory = try TemporaryDirectory()
        let path = try clip(directory, name, options)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // An odd number, so that no container's packet ends there by chance.
        let cut = (bytes.count * 6 / 10) | 1
        try bytes.prefix(cut).write(to: URL(fileURLWithPath: path))
        let source = try SourceOpener.open(path)
        let reading = try Reading(source)
        #expect(reading.frames.count >= 20 && reading.frames.count <= 40, "\(reading.frames.count)")
        #expect(reading.count(.truncated) == 1, "\(reading.warnings)")
        #expect(reading.frames.map(\.pts) == reading.frames.map(\.pts).sorted())
    }

    @Test func completeFilesAreNotCalledTruncated() throws {
        let directory = try TemporaryDirectory()
        for (name, options) in [
            ("a.mkv", []), ("a.ts", []), ("a.mp4", []), ("a.avi", ["-bf", "0"]), ("a.flv", []),
            ("f.mp4", ["-movflags", "frag_keyframe+empty_moov"]), ("d.mp4", ["-movflags", "dash"]),
        ] {
            let reading = try Reading(try SourceOpener.open(try clip(directory, name, options)))
            #expect(reading.frames.count == 50)
            #expect(reading.warnings.isEmpty, "\(name): \(reading.warnings)")
        }
    }

    @Test func anMP4WithoutItsIndexIsRefusedInOneSentence() throws {
        let directory = try TemporaryDirectory()
        let path = try clip(directory, "a.mp4")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(bytes.count * 6 / 10).write(to: URL(fileURLWithPath: path))
        #expect {
            try SourceOpener.open(path)
        } throws: { error in
            guard let error = error as? MediaError else { return false }
            return error.code == .notMedia && error.file == path && !error.description.contains("\n")
        }
    }

    /// Matroska is not included: FFmpeg skips to the next intact cluster without reporting it.
    @Test(arguments: ["a.mp4", "a.ts", "a.avi"])
    func damageInTheMiddleIsSkipped(name: String) throws {
        let directory = try TemporaryDirectory()
        let path = try clip(directory, name, name == "a.avi" ? ["-bf", "0"] : ["-movflags", "faststart"])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = SeededGenerator(seed: 11)
        let middle = bytes.count / 2
        for index in middle..<middle + 1500 { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        try bytes.write(to: URL(fileURLWithPath: path))
        let reading = try Reading(try SourceOpener.open(path))
        #expect(reading.frames.count >= 30)
        let damage = reading.count(.corruptPackets) + reading.count(.corruptFrames)
        #expect(damage > 0, "\(reading.warnings)")
        #expect(reading.frames.contains { $0.isCorrupt })
        #expect(reading.frames.first?.isCorrupt == false)
        // A key frame every 10 frames limits the effect of the damage.
        #expect(reading.frames.last?.isCorrupt == false)
    }

    /// Every kind of input that is not a video, with the error code that callers check.
    @Test func filesThatAreNotVideosAreRefusedInOneSentence() throws {
        let directory = try TemporaryDirectory()
        var random = SeededGenerator(seed: 5)
        let garbage = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        try directory.write(garbage, to: "garbage.mp4")
        try directory.write([], to: "empty.mp4")
        try directory.write(Array("This is not a video.\n".utf8), to: "notes.txt")
        try directory.write(
            Array("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n".utf8),
            to: "playlist.m3u8")
        try directory.write(
            Array("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n".utf8),
            to: "disguised.mp4")
        try directory.write(Array("ffconcat version 1.0\nfile /etc/passwd\n".utf8), to: "concat.ffconcat")
        try directory.write(
            Array(
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"urn:mpeg:dash:profile:isoff-live:2011\"></MPD>"
                    .utf8), to: "dash.mpd")
        try directory.write(
            Array(
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5000 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
                    .utf8), to: "session.sdp")
        try directory.write([], to: "frame-1.txt")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "sine=d=0.2", directory.file("tone.wav")])
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "sine=d=0.2", "-c:a", "aac", directory.file("tone.mp4")])
        try FileManager.default.createDirectory(atPath: directory.file("empty"), withIntermediateDirectories: false)
        let cases: [(String, Set<MediaError.Code>)] = [
            ("missing.mp4", [.cannotOpen]), ("garbage.mp4", [.notMedia, .noVideo]), ("empty.mp4", [.notMedia]),
            ("notes.txt", [.notMedia]), ("playlist.m3u8", [.refused]), ("disguised.mp4", [.refused]),
            ("concat.ffconcat", [.refused]), ("dash.mpd", [.refused]), ("session.sdp", [.refused]),
            ("tone.wav", [.notMedia, .noVideo]), ("tone.mp4", [.noVideo]), ("empty", [.noVideo]),
            ("concat:\(directory.file("tone.mp4"))", [.cannotOpen]), ("http://127.0.0.1:9/x.mp4", [.cannotOpen]),
        ]
        for (name, codes) in cases {
            let path = name.contains(":") ? name : directory.file(name)
            do {
                let source = try SourceOpener.open(path)
                Issue.record("\(name) was opened as \(source.properties.container)")
            } catch {
                #expect(codes.contains(error.code), "\(name): \(error)")
                #expect(error.file == path)
                #expect(!error.description.contains("\n") && error.description.count < 300)
            }
        }
    }

    /// A hostile container must not include an intact video beside it.
    @Test func referencesToOtherFilesAreNotFollowed() throws {
        let directory = try TemporaryDirectory()
        let secret = try clip(directory, "secret.ts")
        let lists = [
            "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n\(secret)\n#EXT-X-ENDLIST\n",
            "list.ffconcat": "ffconcat version 1.0\nfile secret.ts\n",
            "list.txt": "ffconcat version 1.0\nfile secret.ts\n",
        ]
        for (name, text) in lists {
            try directory.write(Array(text.utf8), to: name)
            #expect(throws: MediaError.self) { try SourceOpener.open(directory.file(name)) }
        }
    }

    @Test func pipesAndDevicesAreRefused() throws {
        let directory = try TemporaryDirectory()
        let pipe = directory.file("pipe.mp4")
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [pipe, "/dev/zero", "/dev/null"] {
            #expect {
                try SourceOpener.open(path)
            } throws: {
                ($0 as? MediaError)?.code == .refused
            }
        }
    }

    @Test func hugeFramesAreRefused() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("big.mkv")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "color=s=256x256:r=1:d=1", "-c:v", "ffv1", path])
        var options = InputOptions()
        options.maximumPixels = 256 * 255
        #expect {
            try VideoFileSource(path, options: options)
        } throws: {
            ($0 as? MediaError)?.code == .refused
        }
        options.maximumPixels = 256 * 256
        #expect(try Reading(try VideoFileSource(path, options: options)).frames.count == 1)
    }

    @Test func cancellationStopsReading() throws {
        let directory = try TemporaryDirectory()
        let path = try clip(directory, "a.mp4")
        let cancelled = Cancellation()
        cancelled.cancel()
        #expect {
            try SourceOpener.open(path, cancellation: cancelled)
        } throws: {
            ($0 as? MediaError)?.code == .cancelled
        }
        let cancellation = Cancellation()
        let source = try SourceOpener.open(path, cancellation: cancellation)
        var count = 0
        #expect {
            while try source.next() != nil {
                count += 1
                if count == 5 { cancellation.cancel() }
            }
        } throws: {
            ($0 as? MediaError)?.code == .cancelled
        }
        #expect(count < 50)
    }

    @Test func anExpiredDeadlineEndsOpening() throws {
        let directory = try TemporaryDirectory()
        var options = InputOptions()
        options.openTimeout = -1
        let path = try clip(directory, "a.mp4")
        #expect {
            try VideoFileSource(path, options: options)
        } throws: {
            ($0 as? MediaError)?.code == .cannotOpen
        }
    }
}
