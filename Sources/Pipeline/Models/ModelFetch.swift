import Concurrency
import Engine
import Files
import FoundationEssentials
import WebClient

/// Downloads a published model and installs it under its name; it appears only when it is complete.
///
/// Files are downloaded into a hidden folder beside the destination. If the download is interrupted, the data stays
/// there, and the next run continues from it. Before the folder is renamed, every file must have its published Git blob
/// id, and every tensor its checksum.
public struct ModelFetch: Sendable {
    /// The result of a run.
    public struct Outcome: Sendable, Equatable {
        /// The model's folder.
        public var path: String
        /// Whether it was already installed, so that nothing was fetched.
        public var wasInstalled: Bool
    }

    private let model: PublishedModel
    private let catalogue: ModelCatalogue
    private let base: URL
    private let isReplacing: Bool
    private let retryDelays: [Duration]

    /// - Parameters:
    ///   - source: the base URL to which the files' paths are appended; nil for the published one. Unencrypted
    ///     connections are used only if the base URL's scheme is `http`.
    ///   - isReplacing: whether an installed model is fetched again and replaced.
    ///   - retryDelays: the delays before further requests, by the number of consecutive requests without new data.
    /// - Throws: `ModelError.Code.invalidRequest` for a base that is not an HTTP URL.
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
    /// - Parameter report: called for every received chunk, from one thread at a time.
    /// - Throws: `ModelError`: `unavailable`, `checksum` for files that are not the published ones, `cannotWrite`,
    ///   `cancelled`.
    public func run(report: @escaping @Sendable (TransferProgress) -> Void) async throws -> Outcome {
        if !isReplacing, let installed = catalogue.installedPath(of: model.name) {
            return Outcome(path: installed, wasInstalled: true)
        }
        let installation = try ModelInstallation(model.name, in: catalogue)
        let tally = TransferTally(sizes: model.files.map(\.size), report: report)
        for (index, file) in model.files.enumerated() {
            try await fetch(file, index, to: installation.file(file.name), tally)
        }
        let path = installation.path
        let card = model.card
        try await DedicatedThread.run(name: "verify", onCancel: {}) {
            _ = try Checkpoint.open(path).verify()
            try card.write(intoFolder: path)
        }
        let destination = installation.destination
        try installation.commit()
        return Outcome(path: destination, wasInstalled: false)
    }

    /// Fetches one file unless an earlier run has fetched it.
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
            // No part of a wrong file is useful.
            try part.restart(validator: nil)
            // A resumed file may consist of two versions, so it is fetched again from the beginning; a file fetched in
            // one run is the source's own.
            guard !isFresh else {
                throw ModelError(
                    .checksum,
                    "is not the published file: it has \(size) bytes, and its Git blob id is not \(file.blobID)",
                    file: url(of: file).withoutCredentials)
            }
            isFresh = true
        }
    }

    /// Requests the missing part of a file until it is complete.
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
                    .unavailable, reason + "; what came is kept, and the same command goes on from there\(otherWay)",
                    file: url(of: file).withoutCredentials)
            }
            if fruitless > 0 {
                let delay = retryDelays[fruitless - 1]
                try await cancellable(tally) { try await Task.sleep(for: delay) }
            }
        }
    }

    /// Converts a cancellation to an error that states how much data is kept.
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

    /// How else to get the model, for the end of a message.
    private var otherWay: String {
        model.name == "kinetics-rgb" ? "; `make kinetics` gets the same network from a Python package" : ""
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

    /// The maximum size in bytes of a file whose size is not known in advance.
    private static let largestUnknown = 256 << 20
}
