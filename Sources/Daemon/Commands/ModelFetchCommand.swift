import ArgumentParser
import Concurrency
import Engine
import Files
import FoundationEssentials
import Pipeline
import Synchronization

/// `saliencyd model fetch`: downloads, checks and installs a published model.
struct ModelFetchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Download a published model, check it and install it under its name.",
        discussion: """
            Models: \(PublishedModel.all.map(\.name).joined(separator: ", ")).

            It is installed under $XDG_DATA_HOME/saliencyd/models (default ~/.local/share), for a service under its \
            state directory, and can then be used by its name: --model kinetics-rgb. The data of an interrupted download \
            is kept; the same command continues it.

            Exit status: 0 installed, 64 unknown name, 66 the files are not the published ones, 69 the source cannot \
            be reached, 73 cannot be written, 130 interrupted.
            """)

    @Argument(help: "The model's name.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "Read from a mirror of the repository instead: the URL of its top folder, https or http.", valueName: "url")
    )
    var source: String?

    @Flag(help: "Fetch the model again if it is installed, and replace it.")
    var force = false

    @OptionGroup(title: "Progress") var progress: ProgressOptions

    func run() async throws {
        let reporter = ProgressReporter(progress)
        let fetch = try ModelFetch(.named(name), into: ModelCatalogue(), source: source, replacing: force)
        let last = LastValue<TransferProgress>()
        let stop = StopRequest()
        let running = LastValue<Task<ModelFetch.Outcome, any Error>>()
        let outcome = try await StopSignals.passing(to: stop) {
            running.value?.cancel()
        } job: {
            let job = Task {
                try await fetch.run {
                    last.set($0)
                    reporter.show($0)
                }
            }
            running.set(job)
            // The signal may have arrived before there was a task to cancel.
            if stop.shouldFinishSoon { job.cancel() }
            return try await job.value
        }
        if let progress = last.value { reporter.show(progress, isLast: true) }
        reporter.note(
            outcome.wasInstalled
                ? "\(name) is installed already: \(outcome.path). --force fetches it again."
                : "\(name) is installed: \(outcome.path). Use it with --model \(name).")
    }
}

/// Formats a `TransferProgress` as one line.
enum TransferFormatter {
    /// "[############------------]  52 %  26.4/50.8 MB  8.1 MB/s  ETA 0:03  model.ckpt.index", shortened to the width.
    static func text(_ progress: TransferProgress, columns: Int) -> String {
        var parts: [String] = []
        if let fraction = progress.fraction { parts.append(ProgressFormatter.bar(fraction)) }
        let total = progress.totalBytes.map { " of \(ByteCount.text($0))" } ?? ""
        parts.append(ByteCount.text(progress.bytes) + total)
        parts.append(ByteCount.text(Int(progress.bytesPerSecond)) + "/s")
        if let remaining = progress.remainingSeconds { parts.append("ETA \(ProgressFormatter.clockTime(remaining))") }
        parts.append(progress.file)
        return String(parts.joined(separator: "  ").prefix(max(20, columns - 1)))
    }

    private struct JSONFields: Encodable {
        var event: String
        var file: String
        var bytes: Int
        var totalBytes: Int?
        var bytesPerSecond: Double
        var fraction: Double?
        var etaSeconds: Double?
        var elapsedSeconds: Double
    }

    /// `{"event":"progress",…}` or, for the last one, `{"event":"done",…}`.
    static func json(_ progress: TransferProgress, isLast: Bool) -> String {
        JSONLine.text(
            JSONFields(
                event: isLast ? "done" : "progress", file: progress.file, bytes: progress.bytes,
                totalBytes: progress.totalBytes, bytesPerSecond: progress.bytesPerSecond.rounded(),
                fraction: progress.fraction.map(ProgressFormatter.rounded),
                etaSeconds: progress.remainingSeconds.map(ProgressFormatter.rounded),
                elapsedSeconds: ProgressFormatter.rounded(progress.elapsedSeconds)))
    }
}

/// The last value set by any thread.
final class LastValue<Value: Sendable>: Sendable {
    private let held = Mutex<Value?>(nil)

    var value: Value? { held.withLock { $0 } }

    func set(_ value: Value) {
        held.withLock { $0 = value }
    }
}
