import Engine
import Files
import FoundationEssentials

/// A folder with the features of clips, one file for each clip and settings, so that a later fit need not compute them
/// again. Files appear complete or not at all; any number of processes may use one folder.
struct FeatureCache: Sendable {
    /// Increased when the same clip and settings give other features.
    private static let version = 1
    /// In bytes; the published network's features take some 20 kB.
    private static let largestFile = 64 << 20

    private struct Entry: Codable {
        /// What the features depend on besides the clip.
        var settings: String
        /// `ClipContent.hash`.
        var content: String
        /// The clip's name when they were computed.
        var clip: String
        var windows: Int
        var features: [Double]
    }

    let folder: String
    private let settings: String

    init(folder: String, model: LoadedModel, sampling: SamplingRequest) {
        self.folder = folder
        let manifest = model.manifest
        // The manifest is not part of the network's hash. Memory decides which kernels round how.
        settings = [
            "version \(Self.version) of saliencyd \(saliencydVersion)", "network \(model.description.sha256)",
            "memory \(model.network.memory.rawValue)",
            "\(manifest.clipLength) frames of \(manifest.frameSize), short side \(manifest.shortSide)",
            "\(manifest.framesPerSecond) frames/s, scale \(manifest.inputScale), offset \(manifest.inputOffset)",
            sampling.summary,
        ].joined(separator: "; ")
    }

    /// Makes the folder.
    ///
    /// - Throws: `FileError.Code.cannotWrite`.
    func open() throws(FileError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(.cannotWrite, folder, "the folder for features cannot be created")
        }
    }

    /// - Parameters:
    ///   - content: `ClipContent.hash`.
    ///   - count: the number of features that the network has.
    /// - Returns: nil if they are not there, or if the file is damaged.
    func features(of content: String, count: Int) -> ClipFeatures? {
        guard let bytes = try? ReadableFile(path(content)).contents(limit: Self.largestFile),
            let entry = try? JSONDecoder().decode(Entry.self, from: Data(bytes)), entry.settings == settings,
            entry.content == content, entry.windows > 0, entry.features.count == count,
            entry.features.allSatisfy(\.isFinite)
        else { return nil }
        return ClipFeatures(windows: entry.windows, values: entry.features)
    }

    /// - Throws: `FileError.Code.cannotWrite`.
    func keep(_ features: ClipFeatures, of content: String, clip: String) throws(FileError) {
        let entry = Entry(
            settings: settings, content: content, clip: clip, windows: features.windows, features: features.values)
        try ResultFile.write(entry, to: path(content), replacing: true)
    }

    private func path(_ content: String) -> String {
        var digest = SHA256()
        digest.update("\(settings)\n\(content)".utf8)
        return "\(folder)/\(digest.hexDigest().prefix(32)).json"
    }
}
