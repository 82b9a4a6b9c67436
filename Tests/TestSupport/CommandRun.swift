import Foundation
import Synchronization

/// A finished run of a command: its output and its exit status.
public struct CommandRun: Sendable {
    public var status: Int32
    public var standardOutput: String
    public var standardError: String

    /// Runs `executable` (a path, or a name that is looked up in PATH) and waits until it ends.
    public static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> CommandRun {
        let running = try RunningCommand(executable, arguments, environment: environment)
        return await running.end()
    }

    /// Runs the `saliencyd` command that was built with the tests.
    public static func saliencyd(_ arguments: String..., environment: [String: String] = [:]) async throws -> CommandRun
    {
        try await run(builtCommand, arguments, environment: environment)
    }

    /// The path of `saliencyd` in the build folder from which these tests run.
    public static let builtCommand: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("saliencyd").path
    }()
}

/// A command that is running: its output is collected, and it can be sent signals.
public final class RunningCommand: Sendable {
    private let process: Process
    private let output: OutputCollector
    private let errors: OutputCollector
    private let ended: AsyncStream<Int32>

    public init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        process = Process()
        if executable.contains("/") {
            process.executableURL = URL(fileURLWithPath: executable)
            process.arguments = arguments
        } else {
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [executable] + arguments
        }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        output = OutputCollector()
        errors = OutputCollector()
        process.standardOutput = output.pipe
        process.standardError = errors.pipe
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        ended = stream
        process.terminationHandler = { process in
            continuation.yield(process.terminationReason == .exit ? process.terminationStatus : -1)
            continuation.finish()
        }
        try process.run()
    }

    public var processIdentifier: Int32 { process.processIdentifier }

    public func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// Waits until standard error contains `text`; false if it ends without it.
    @discardableResult public func waitForStandardError(containing text: String) async -> Bool {
        if errors.current.contains(text) { return true }
        for await collected in errors.snapshots where collected.contains(text) { return true }
        return errors.current.contains(text)
    }

    /// Waits until it ends; the status is -1 if a signal ended it.
    public func end() async -> CommandRun {
        var status: Int32 = -1
        for await value in ended { status = value }
        return CommandRun(
            status: status, standardOutput: await output.collected(), standardError: await errors.collected())
    }
}

/// Reads a pipe to its end on its own thread.
private final class OutputCollector: Sendable {
    let pipe = Pipe()
    /// Everything read so far, after each read; finishes with the pipe.
    let snapshots: AsyncStream<String>
    private let latest = Mutex("")
    private let completion: Task<String, Never>

    init() {
        let handle = pipe.fileHandleForReading
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
        let (whole, wholeContinuation) = AsyncStream.makeStream(of: String.self)
        snapshots = stream
        completion = Task {
            var text = ""
            for await value in whole { text = value }
            return text
        }
        Thread.detachNewThread { [weak self] in
            var data = Data()
            while case let chunk = handle.availableData, !chunk.isEmpty {
                data.append(chunk)
                self?.latest.withLock { $0 = String(decoding: data, as: UTF8.self) }
                continuation.yield(String(decoding: data, as: UTF8.self))
            }
            // Foundation would keep the file descriptor open.
            try? handle.close()
            continuation.finish()
            wholeContinuation.yield(String(decoding: data, as: UTF8.self))
            wholeContinuation.finish()
        }
    }

    /// Everything read so far.
    var current: String { latest.withLock { $0 } }

    func collected() async -> String {
        await completion.value
    }
}
