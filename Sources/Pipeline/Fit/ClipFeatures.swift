import Concurrency
import Engine
import Files
import Glibc
import Media

/// The network's features of a clip: the mean over its windows, `[features]`.
struct ClipFeatures: Sendable, Equatable {
    var windows: Int
    var values: [Double]
}

/// Computes the features of clips one after another, or takes them from the cache. Blocks, so use it on dedicated
/// threads only.
final class ClipFeatureReader {
    private let model: LoadedModel
    private let sampling: SamplingRequest
    private let cache: FeatureCache
    private let explainer: Explainer
    private let abort: Cancellation

    init(
        model: LoadedModel, sampling: SamplingRequest, cache: FeatureCache, threads: Int?, memoryLimit: Int,
        abort: Cancellation
    ) throws(ModelError) {
        self.model = model
        self.sampling = sampling
        self.cache = cache
        self.abort = abort
        // Windows of a video overlap by half; what they share is computed once.
        explainer = try Explainer(
            model: model, request: SaliencyRequest(), threads: threads, memoryLimit: memoryLimit, keepsOverlap: true)
    }

    /// - Returns: the features, and whether they were in the cache.
    /// - Throws: `MediaError`, `ModelError`, `FileError` if they cannot be kept, `CancellationError`.
    func features(of clip: ClipList.Clip) throws -> (features: ClipFeatures, wereCached: Bool) {
        let content = try ClipContent.hash(of: clip.path) { abort.isCancelled }
        if let features = cache.features(of: content, count: model.network.featureCount) { return (features, true) }
        let features = try compute(clip.path)
        try cache.keep(features, of: content, clip: clip.name)
        return (features, false)
    }

    private func compute(_ path: String) throws -> ClipFeatures {
        let reader = try WindowReader(
            input: path, request: sampling, manifest: model.manifest, cancellation: abort)
        let control = RunControl(isCancelled: { [abort] in abort.isCancelled })
        var sum = [Double](repeating: 0, count: model.network.featureCount)
        var windows = 0
        while let window = try reader.next() {
            let session = try explainer.load(window)
            _ = try session.forward(control: control)
            for (index, value) in try session.features().enumerated() { sum[index] += value }
            windows += 1
        }
        guard windows > 0 else { throw MediaError(.noVideo, "has no frames", file: path) }
        let features = ClipFeatures(windows: windows, values: sum.map { $0 / Double(windows) })
        guard features.values.allSatisfy(\.isFinite) else {
            throw MediaError(.damaged, "the network's features of it are not finite", file: path)
        }
        return features
    }
}

/// Identifies what a clip contains.
enum ClipContent {
    /// How many folders deep files count: optical flow has one folder for each direction.
    private static let depth = 2

    /// The SHA-256 of a file's bytes; for a folder of images, of the names, sizes and times of its files.
    ///
    /// - Throws: `MediaError` if it cannot be read; `CancellationError`.
    static func hash(of path: String, isCancelled: () -> Bool) throws -> String {
        do {
            guard FileName.isFolder(path) else { return try ContentHash.of(path, isCancelled: isCancelled) }
            var digest = SHA256()
            try add(path, below: "", depth, to: &digest)
            return digest.hexDigest()
        } catch let error as FileError {
            throw MediaError(error)
        }
    }

    private static func add(
        _ folder: String, below prefix: String, _ depth: Int, to digest: inout SHA256
    ) throws(MediaError) {
        guard let names = FileName.entries(of: folder) else {
            throw MediaError(.cannotOpen, "the folder cannot be read", file: folder)
        }
        for name in names.sorted() {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard stat(path.fileBytes, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if depth > 1 { try add(path, below: "\(prefix)\(name)/", depth - 1, to: &digest) }
                continue
            }
            let time = status.st_mtim
            digest.update("\(prefix)\(name)\0\(status.st_size)\0\(time.tv_sec).\(time.tv_nsec)\0".utf8)
        }
    }
}
