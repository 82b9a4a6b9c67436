import Decode
import Encode
import Files
import Glibc
import Jobs
import Pipeline
import Synchronization

/// Chooses the names of annotated videos, so that no file is replaced and no two jobs write to the same one.
package final class OutputRegistry: Sendable {
    struct Choice: Sendable, Equatable {
        var path: String
        /// Whether a video of the same job already has the name: a killed daemon finished it without recording that, or
        /// the job is done again.
        var isReplacing: Bool
    }

    private let taken = Mutex<Set<String>>([])

    package init() {}

    /// Chooses a name. Blocks: examines files.
    ///
    /// - Parameters:
    ///   - wanted: the preferred name; if it is taken, NAME-2.mp4, NAME-3.mp4, … follow.
    ///   - origin: the origin in the metadata of the job's own video.
    /// - Throws: `FileError.Code.exists` if no name is free.
    func choose(_ wanted: String, origin: String) throws(FileError) -> Choice {
        let (folder, name) = FileName.split(wanted)
        for number in 1...FileMove.maximumNames {
            let path = folder + FileMove.numbered(name, number)
            guard taken.withLock({ $0.insert(path).inserted }) else { continue }
            if Self.files(of: path).allSatisfy({ !Self.exists($0) }) {
                return Choice(path: path, isReplacing: false)
            }
            if Self.origin(of: path) == origin { return Choice(path: path, isReplacing: true) }
            release(path)
        }
        throw FileError(.exists, wanted, "exists already, and so do \(FileMove.maximumNames) names made from it")
    }

    /// Releases a name when the job that chose it has ended.
    package func release(_ path: String) {
        taken.withLock { _ = $0.remove(path) }
    }

    /// All files that a job with this output writes: the video, the captions, and last the record.
    package static func files(of path: String) -> [String] { [path, captions(path), sidecar(path)] }

    /// "clip.saliency.mp4" → "clip.saliency.vtt"
    package static func captions(_ path: String) -> String {
        AnnotateRequest(input: "", output: path).captionsPath
    }

    /// "clip.saliency.mp4" → "clip.saliency.json"
    package static func sidecar(_ path: String) -> String {
        AnnotateRequest(input: "", output: path).sidecarPath
    }

    /// Whether the name is taken, also by a broken link.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path.fileBytes, &status) == 0
    }

    /// The origin in the metadata of a video by this program; nil for any other file, and for links.
    package static func origin(of path: String) -> String? {
        let (folder, name) = FileName.split(path)
        guard let file = try? HeldFolder(folder).file(name),
            let comment = try? SourceOpener.open(path, held: file).properties.comment
        else { return nil }
        let prefix = VideoWriter.mark("")
        guard comment.hasPrefix(prefix) else { return nil }
        // The source's own comment follows in the lines below.
        return comment.dropFirst(prefix.count).split(separator: "\n", maxSplits: 1).first.map(String.init)
    }
}

extension JobKey {
    /// The key's hash as 32 hexadecimal digits, stored in the metadata of the annotated video.
    package var origin: String {
        var digest = SHA256()
        for part in [content, model, options] {
            digest.update(part.utf8)
            digest.update([0])
        }
        return String(digest.hexDigest().prefix(32))
    }
}
