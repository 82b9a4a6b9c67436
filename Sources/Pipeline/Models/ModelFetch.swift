import Concurrency
import Engine
import Files
import FoundationEssentials
import WebClient

/// Downloads a published model and installs it under its name, whole or not at all.
///
/// Files gather in a hidden folder beside the destination. Whatever interrupts the work, what came stays there, and the
/// next run goes on from it. Every file has to have its published Git blob id, and every tensor its checksum, before the
/// folder gets its name.
public struct ModelFetch: Sendable {
    /// A finished run.
    public struct Outcome: Sendable, Equatable {
        /// The model's folder.
        public var path: String
        /// Whether it was installed before, and nothing was fetched.
        public var wasInstalled: Bool
    }

    private let model: PublishedModel
    private let catalogue: ModelCatalogue
    private let base: URL
    private let isReplacing: Bool
    private let retryDelays: [Duration]

    /// - Parameters:
    ///   - source: the base URL that the files' paths are appended to; nil for the published one. Only a base that says
    ///     `http` itself is read unencrypted.
    ///   - isReplacing: whether an installed model is fetched again and replaced.
    ///   - retryDelays: waits before another request, after so many that brought nothing new.
    /// - Throws: `ModelError.Code.invalidRequest` for a base that is no HTTP URL.
    public init(
        _ model: PublishedModel, into catalogue: ModelCatalogue, source: String? = nil,
        replacing isReplacing: Bool = false,
        retryDelays: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8)]
    ) throws(ModelError) {
        let text = source ?? model.source
        guard let url = URL(string: text), ["https", "http"].contains(url.scheme), url.host?.isEmpty == false,
            url.query == nil, url.fragment == nil
        else {
            throw ModelError(.invalidRequest, "a source is an https or http URL of a folder, not \"\(text)\"")
        }
        self.model = model
        self.catalogue = catalogue
        base = url
        self.isReplacing = isReplacing
        self.retryDelays = retryDelays
    }

    /// Runs to the end, or until the task is cancelled.
    ///
    /// - Parameter report: called for every piece that came, from one thread at a time.
    /// - Throws: `ModelError`: `unavailable`, `checksum` for files that are not the published ones, `cannotWrite`,
    ///   `cancelled`.
    public func run(report: @escaping @Sendable (TransferProgress) -> Void) async throws -> Outcome {
        guard let home = catalogue.folder else {
            throw ModelError(
                .cannotWrite, "no folder for models: none of STATE_DIRECTORY, XDG_DATA_HOME and HOME is set")
        }
        let destination = "\(home)/\(model.name)"
        if !isReplacing, catalogue.installedPath(of: model.name) != nil {
            return Outcome(path: destination, wasInstalled: true)
        }
        let folder = try Self.workFolder(for: model.name, in: home)
        let tally = TransferTally(sizes: model.files.map(\.size), report: report)
        for (index, file) in model.files.enumerated() {
            try await fetch(file, index, to: folder.file(file.name), tally)
        }
        let path = folder.path
        let card = model.card
        try await DedicatedThread.run(name: "verify", onCancel: {}) {
            _ = try Checkpoint.open(path).verify()
            try card.write(intoFolder: path)
        }
        let displaced = "\(home)/.\(model.name).old"
        do throws(FileError) {
            try? FileManager.default.removeItem(atPath: displaced)
            try folder.commit(as: destination, displacing: displaced)
        } catch {
            throw ModelError(error)
        }
        try? FileManager.default.removeItem(atPath: displaced)
        return Outcome(path: destination, wasInstalled: false)
    }

    /// The hidden folder where the files gather.
    private static func workFolder(for name: String, in home: String) throws(ModelError) -> WorkFolder {
        do {
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        } catch {
            throw ModelError(.cannotWrite, "the folder for models cannot be created", file: home)
        }
        do throws(FileError) {
            return try WorkFolder("\(home)/.\(name).part")
        } catch {
            guard error.code == .exists else { throw ModelError(error) }
            throw ModelError(.cannotWrite, "another saliencyd is fetching this model", file: error.path)
        }
    }

    /// Fetches one file, or finds it fetched by an earlier run.
    private func fetch(_ file: PublishedFile, _ index: Int, to path: String, _ tally: TransferTally) async throws {
        if let size = try? ReadableFile(path).size, try await Self.isPublished(path, file) {
            tally.begin(index, file.name, size: size)
            return
        }
        var isFresh = false
        while true {
            let part = try PartialDownload(path, largestSize: file.size ?? Self.largestUnknown)
            isFresh = try isFresh || part.size == 0
            tally.begin(index, file.name, size: try part.size)
            try await transfer(file, index, into: part, tally)
            if try await Self.isPublished(part.path, file) {
                try part.commit(as: path)
                return
            }
            let size = try part.size
            // Nothing of a wrong file is of use.
            try part.restart(validator: nil)
            // It may have been joined from two versions; fetched in one go, it is the source's own.
            guard !isFresh else {
                throw ModelError(
                    .checksum,
                    "is not the published file: it has \(size) bytes, and its Git blob id is not \(file.blobID)",
                    file: url(of: file).withoutCredentials)
            }
            isFresh = true
        }
    }

    /// Requests what is missing of a file until it is complete.
    private func transfer(
        _ file: PublishedFile, _ index: Int, into part: PartialDownload, _ tally: TransferTally
    ) async throws {
        var longest = try part.size
        var fruitless = 0
        while true {
            let transfer = HTTPTransfer(url: url(of: file), part: part) { _, expected in
                tally.advance(index, to: try? part.size, of: expected)
            }
            let reason: String
            switch try await cancellable(tally, { try await transfer.run() }) {
            case .complete: return
            case .interrupted(let why): reason = why
            }
            let size = try part.size
            fruitless = size > longest ? 0 : fruitless + 1
            longest = max(longest, size)
            guard fruitless <= retryDelays.count else {
                throw ModelError(
                    .unavailable, reason + "; what came is kept, and the same command goes on from there",
                    file: url(of: file).withoutCredentials)
            }
            if fruitless > 0 {
                let delay = retryDelays[fruitless - 1]
                try await cancellable(tally) { try await Task.sleep(for: delay) }
            }
        }
    }

    /// Turns a cancellation into an error that says what is kept.
    private func cancellable<Result>(
        _ tally: TransferTally, _ work: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await work()
        } catch  where Task.isCancelled {
            let kept = ByteCount.text(tally.progress.bytes)
            throw ModelError(
                .cancelled, "interrupted; \(kept) of \(model.name) are kept, and the same command goes on from there")
        }
    }

    private func url(of file: PublishedFile) -> URL {
        base.appendingPathComponent(file.path)
    }

    private static func isPublished(_ path: String, _ file: PublishedFile) async throws -> Bool {
        try await DedicatedThread.run(name: "hash", onCancel: {}) {
            if let size = file.size, try ReadableFile(path).size != size { return false }
            return try GitBlob.id(ofFile: path) == file.blobID
        }
    }

    /// A file whose size nobody stated may have this many bytes.
    private static let largestUnknown = 256 << 20
}
