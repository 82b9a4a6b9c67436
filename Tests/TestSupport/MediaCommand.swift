import Foundation

/// Runs `ffmpeg` and `ffprobe`, which the tests compare against.
public enum MediaCommand {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs `name` with `arguments` and returns what it prints.
    @discardableResult
    public static func run(_ name: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // With "-v error" the second pipe never fills while the first is read.
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(name) \(arguments.joined(separator: " ")): \(complaint)")
        }
        return text
    }

    public static func ffmpeg(_ arguments: [String]) throws {
        try run("ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments)
    }

    /// What `ffprobe` says of `file`, without its section names: one line an entry.
    public static func probe(_ file: String, _ arguments: [String]) throws -> [String] {
        try run("ffprobe", ["-v", "error", "-of", "csv=p=0"] + arguments + [file])
            .split(separator: "\n").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: ", ")) }
    }

    /// The time stamps of a stream's packets, in its time base.
    public static func packetTimes(_ file: String, stream: String = "v:0") throws -> [Int64] {
        try probe(file, ["-select_streams", stream, "-show_entries", "packet=pts"]).compactMap { Int64($0) }
    }
}
