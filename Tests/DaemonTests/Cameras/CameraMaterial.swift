import Engine
import Foundation
import Pipeline
import TestSupport

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

/// Material for tests of complete cameras: short streams, a fast network, and readers of the output.
enum CameraMaterial {
    /// A clip of 25 frames per second with a key frame every 10 frames, and sound.
    static func stream(seconds: Double, size: String = "96x64") throws -> [UInt8] {
        let folder = try TemporaryDirectory()
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=\(size):r=25:d=\(seconds)", "-f", "lavfi", "-i", "sine=d=\(seconds)",
            "-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-bf", "0", "-c:a", "aac", "-muxdelay", "0",
            folder.file("a.ts"),
        ])
        return try folder.bytes(of: "a.ts")
    }

    /// A file for `loop:`.
    static func clip(_ folder: TemporaryDirectory, _ name: String = "clip.mp4", seconds: Double = 4) throws -> String {
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=\(seconds)", "-c:v", "libx264", "-preset", "ultrafast",
            folder.file(name),
        ])
        return folder.file(name)
    }

    /// A random network of windows of 8 frames.
    static func network(_ folder: TemporaryDirectory, labels: [String] = ["left", "right", "up", "down"]) throws
        -> String
    {
        let path = folder.file("tiny.safetensors")
        if FileManager.default.fileExists(atPath: path) { return path }
        let variables = try UntrainedNetwork.variables(
            width: 1.0 / 32, classCount: labels.count, inputChannels: 3, seed: 7)
        let manifest = ModelManifest(
            name: "tiny", classCount: labels.count, inputChannels: 3, clipLength: 8, frameSize: 32, shortSide: 36,
            labels: labels)
        try variables.write(safetensors: path, manifest: manifest)
        return path
    }

    /// The complete lines of a file.
    static func lines(_ path: String) -> [String] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// All segments below a folder, in order of their start.
    static func segments(_ folder: String) throws -> [RecordedFile] {
        let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".mp4") }.map { try RecordedFile("\(folder)/\($0)") }
            .sorted { $0.start < $1.start }
    }
}
