import Files
import Glibc

/// Selects the names that a drop folder accepts: those that match a pattern in `include`, or any name if `include` is
/// empty, and match none in `exclude`.
///
/// Patterns are those of the shell (`*`, `?` and `[a-z]`) and ignore case. A pattern without a slash is compared with
/// the name alone, and one with a slash with the whole path below the folder, where `*` does not match a slash. A
/// folder that matches a pattern in `exclude` is skipped with everything in it.
package struct NamePatterns: Sendable, Equatable {
    package var include: [String] = []
    package var exclude: [String] = []

    /// The reason why a file or folder with this name is skipped; nil if it is not.
    ///
    /// - Parameter path: the path below the drop folder.
    package func refusal(_ path: String) -> String? {
        if let reason = Self.temporary(FileName.split(path).name) { return reason }
        return exclude.first { Self.matches($0, path) }.map { "`exclude` has \($0)" }
    }

    /// The reason why a file with this name is skipped, although a folder may not be; nil if it is not.
    package func fileRefusal(_ path: String) -> String? {
        guard !include.isEmpty, !include.contains(where: { Self.matches($0, path) }) else { return nil }
        return "`include` has no pattern for it"
    }

    /// The reason for skipping a file that is hidden, that its name marks as incomplete, or that is one of our records
    /// or captions; nil otherwise.
    private static func temporary(_ name: String) -> String? {
        if name.hasPrefix(".") { return "it is hidden: its name begins with a dot" }
        if name.hasSuffix("~") { return "its name ends with ~, as those of backups do" }
        let lower = name.lowercased()
        let endings = [".part", ".tmp", ".partial", ".crdownload", ".filepart", ".json", ".vtt"]
        return endings.first { lower.hasSuffix($0) }.map { "its name ends with \($0)" }
    }

    package static func matches(_ pattern: String, _ path: String) -> Bool {
        let subject = pattern.contains("/") ? path : FileName.split(path).name
        return fnmatch(pattern.lowercased().fileBytes, subject.lowercased().fileBytes, FNM_PATHNAME) == 0
    }
}
