import Decode
import Encode

/// Looks at where a command's outputs will lie, before any work is done for them.
public enum OutputCheck {
    /// - Throws: `MediaError` for a name that is no video's, a file that exists unless `isReplacing`, or a folder that takes none.
    public static func video(_ path: String, isReplacing: Bool) throws(MediaError) {
        _ = try OutputContainer(path: path)
        try OutputPath.check(path, isReplacing: isReplacing)
    }

    /// - Throws: `MediaError` for a file that exists unless `isReplacing`, or a folder that takes none.
    public static func file(_ path: String, isReplacing: Bool) throws(MediaError) {
        try OutputPath.check(path, isReplacing: isReplacing)
    }
}
