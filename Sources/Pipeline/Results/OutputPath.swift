import Encode
import Files
import FoundationEssentials
import Glibc
import Media

/// Paths of outputs, and checks of them before any work starts.
enum OutputPath {
    /// The path of a video's sidecar: "clip.json" for "clip.mp4", "clip.mkv.json" for "clip.mkv".
    static func sidecar(of output: String) -> String { beside(output, ending: "json") }

    /// The path of a video's captions for browsers: "clip.vtt" for "clip.mp4", "clip.mkv.vtt" for "clip.mkv".
    static func captions(of output: String) -> String { beside(output, ending: "vtt") }

    /// The path of a file that belongs to a video, which is unique for each video.
    ///
    /// `ending` replaces `.mp4`; to every other video's name it is appended, also to one that without `.mp4` still ends
    /// like a video's ("clip.mkv.mp4"). A name of the first kind never ends like a video's before `ending`, and one of
    /// the second kind always does, so two different videos never get the same name.
    private static func beside(_ output: String, ending: String) -> String {
        let stem = output.hasSuffix(".mp4") ? output.dropLast(".mp4".count) : output[...]
        let isVideoName = (try? OutputContainer(path: String(stem))) != nil
        return isVideoName || stem.isEmpty || stem.hasSuffix("/") ? "\(output).\(ending)" : "\(stem).\(ending)"
    }

    /// - Throws: `MediaError.outputExists`; `cannotWrite` for a folder, or if the file cannot be created.
    static func check(_ path: String, isReplacing: Bool) throws(MediaError) {
        do throws(FileError) { try checkLength(of: path) } catch { throw MediaError(error) }
        var status = stat()
        if stat(path.fileBytes, &status) == 0 {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw MediaError(.cannotWrite, "is a folder, not a file", file: path)
            }
            guard isReplacing else {
                throw MediaError(.outputExists, "exists already; --force replaces it", file: path)
            }
        }
        do throws(FileError) { try checkFolder(of: path) } catch { throw MediaError(error) }
    }

    /// - Throws: `FileError.Code.cannotWrite` for a name longer than the folder's file system allows.
    static func checkLength(of path: String) throws(FileError) {
        let (folder, name) = FileName.split(path)
        let stated = pathconf((folder.isEmpty ? "." : folder).fileBytes, Int32(_PC_NAME_MAX))
        let most = stated > 0 ? stated : Int(NAME_MAX)
        let count = name.fileBytes.count - 1
        guard count <= most else {
            throw FileError(
                .cannotWrite, path,
                "the name has \(count) bytes, and its folder takes \(most) at most; name another output")
        }
    }

    /// - Throws: `MediaError.outputExists` if the output is the input, which would be overwritten.
    static func check(_ path: String, isNot input: String) throws(MediaError) {
        var (one, other) = (stat(), stat())
        guard stat(path.fileBytes, &one) == 0, stat(input.fileBytes, &other) == 0 else { return }
        guard one.st_ino != other.st_ino || one.st_dev != other.st_dev else {
            throw MediaError(.outputExists, "is the input itself; name another output", file: path)
        }
    }

    /// - Throws: `MediaError.cannotWrite` if two outputs have the same path.
    static func checkDistinct(_ paths: [String]) throws(MediaError) {
        var seen: Set<String> = []
        for path in paths where !seen.insert(URL(fileURLWithPath: path).standardizedFileURL.path).inserted {
            throw MediaError(.cannotWrite, "is named for two outputs", file: path)
        }
    }

    /// - Throws: `FileError.Code.cannotWrite` if no file can be created in the folder of `path`.
    static func checkFolder(of path: String) throws(FileError) {
        let folder = FileName.split(path).folder
        guard access((folder.isEmpty ? "." : folder).fileBytes, W_OK | X_OK) == 0 else {
            throw FileError(.cannotWrite, path, "cannot be created", systemError: errno)
        }
    }
}
