import Foundation
import Media
import TestSupport

@testable import Decode

/// Short streams in memory.
enum LiveMaterial {
    /// 25 frames a second of 96x64, a key frame every 10, with `sound` seconds of sound if it is not nil.
    static func stream(
        _ name: String = "a.ts", seconds: Double = 2, size: String = "96x64", sound: Double? = nil,
        _ more: [String] = []
    ) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        return try bytes(path(directory, name, seconds: seconds, size: size, sound: sound, more))
    }

    static func path(
        _ directory: TemporaryDirectory, _ name: String = "a.ts", seconds: Double = 2, size: String = "96x64",
        sound: Double? = nil, _ more: [String] = []
    ) throws -> String {
        let path = directory.file(name)
        let audio = sound.map { ["-f", "lavfi", "-i", "sine=d=\($0)", "-c:a", "aac"] } ?? []
        try MediaFactory.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=\(size):r=25:d=\(seconds)"] + audio + [
                "-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-bf", "0", "-muxdelay", "0",
            ] + more + [path])
        return path
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

/// Everything that a live stream delivers.
struct LiveReading {
    var frames: [LiveFrame] = []
    var packets: [MediaPacket] = []
    /// The error that ended it; nil if its sender ended it.
    var error: MediaError?

    /// - Parameter limit: the number of frames to read.
    init(_ source: LiveSource, limit: Int = .max) {
        do throws(MediaError) {
            while frames.count < limit, let item = try source.next() {
                switch item {
                case .frame(let frame): frames.append(frame)
                case .packet(let packet): packets.append(packet)
                }
            }
        } catch {
            self.error = error
        }
    }

    var times: [Double] { frames.map(\.frame.time) }
    var gaps: [Int] { frames.indices.filter { frames[$0].followsGap } }
    var isIncreasing: Bool { zip(frames, frames.dropFirst()).allSatisfy { $0.frame.pts < $1.frame.pts } }
}

extension LiveOptions {
    /// A timeout of minutes, for tests that must not time out.
    static func test(open: Double = Double(HangLimit.wait), stall: Double = Double(HangLimit.wait)) -> LiveOptions {
        var options = LiveOptions()
        options.openTimeout = open
        options.stallTimeout = stall
        return options
    }
}
