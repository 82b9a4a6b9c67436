import Foundation

/// Makes unusual clips, and reference values for them, with the `ffmpeg` and `ffprobe` commands that `make setup`
/// installs.
public enum MediaFactory {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Runs `ffmpeg -v error -nostdin -y` with these arguments and returns what it writes to standard output.
    @discardableResult
    public static func ffmpeg(_ arguments: [String]) throws -> Data {
        try run("ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments)
    }

    /// Runs `ffprobe -v error` and returns what it prints, without the last line break.
    public static func ffprobe(_ arguments: [String]) throws -> String {
        String(decoding: try run("ffprobe", ["-v", "error"] + arguments), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The number of frames that FFmpeg itself decodes from the first video stream.
    public static func countedFrames(_ path: String) throws -> Int? {
        let text = try ffprobe([
            "-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path,
        ])
        return text.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
    }

    /// All frames of `path`, `[T, H, W, 3]`, as decoded by the `ffmpeg` command, in one array.
    public static func rgbFrames(_ path: String, filter: String? = nil) throws -> [UInt8] {
        let filters = filter.map { ["-vf", $0] } ?? []
        return [UInt8](
            try ffmpeg(
                ["-i", path, "-map", "0:v:0"] + filters + [
                    "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-",
                ]
            ))
    }

    /// Whether this build of FFmpeg has the encoder.
    public static func hasEncoder(_ name: String) -> Bool {
        encoders.contains(name)
    }

    private static let encoders: Set<String> = {
        let text = (try? run("ffmpeg", ["-v", "error", "-encoders"])).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let names = text.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            return words.count >= 2 ? String(words[1]) : nil
        }
        return Set(names)
    }()

    private static func run(_ command: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        let output = Pipe()
        let errors = FileManager.default.temporaryDirectory.appendingPathComponent("saliencyd-\(UUID().uuidString).log")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        let errorHandle = try FileHandle(forWritingTo: errors)
        process.standardError = errorHandle
        // Foundation keeps them open after the process has ended, and reads past its buffer if 1,365 descriptors are
        // open.
        defer {
            try? errorHandle.close()
            try? output.fileHandleForReading.close()
        }
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
            throw Failure(description: "\(command) \(arguments.joined(separator: " ")): \(text)")
        }
        return data
    }
}
