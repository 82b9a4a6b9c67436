import Decode
import Files
import Glibc

/// Looks at where an output will lie, before any work is done for it.
enum OutputPath {
    /// Where a video's sidecar lies: `.json` in place of its ending.
    static func sidecar(of output: String) -> String { beside(output, ending: "json") }

    /// Where a video's captions for browsers lie: `.vtt` in place of its ending.
    static func captions(of output: String) -> String { beside(output, ending: "vtt") }

    private static func beside(_ output: String, ending: String) -> String {
        let nameStart = output.lastIndex(of: "/").map { output.index(after: $0) } ?? output.startIndex
        let dot = output[nameStart...].dropFirst().lastIndex(of: ".") ?? output.endIndex
        return "\(output[..<dot]).\(ending)"
    }

    /// - Throws: `MediaError.outputExists`; `cannotWrite` for a folder, or where no file can be made.
    static func check(_ path: String, isReplacing: Bool) throws(MediaError) {
        try checkLength(of: path)
        var status = stat()
        if stat(path.fileBytes, &status) == 0 {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw MediaError(.cannotWrite, "is a folder, not a file", file: path)
            }
            guard isReplacing else {
                throw MediaError(.outputExists, "exists already; --force replaces it", file: path)
            }
        }
        try checkFolder(of: path)
    }

    /// - Throws: `MediaError.cannotWrite` for a name longer than the folder takes.
    static func checkLength(of path: String) throws(MediaError) {
        let (folder, name) = StagedName.split(path)
        let stated = pathconf((folder.isEmpty ? "." : folder).fileBytes, Int32(_PC_NAME_MAX))
        let most = stated > 0 ? stated : Int(NAME_MAX)
        let count = name.fileBytes.count - 1
        guard count <= most else {
            throw MediaError(
                .cannotWrite, "the name has \(count) bytes, and its folder takes \(most) at most; name another output",
                file: path)
        }
    }

    /// - Throws: `MediaError.cannotWrite` if nothing can be made beside `path`.
    static func checkFolder(of path: String) throws(MediaError) {
        let folder = StagedName.split(path).folder
        guard access((folder.isEmpty ? "." : folder).fileBytes, W_OK | X_OK) == 0 else {
            throw MediaError(.cannotWrite, "cannot be created: \(String(cString: strerror(errno)))", file: path)
        }
    }
}
