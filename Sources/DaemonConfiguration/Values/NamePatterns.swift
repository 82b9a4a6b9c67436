import Files
import Glibc

/// Which names a drop folder takes: those that match one of `include`, if there are any, and none of `exclude`.
///
/// Patterns are those of the shell, * ? and [a-z], whatever the case of letters. One without a slash goes by the name alone,
/// one with a slash by the whole path below the folder, in which * stands for no slash. A folder that matches one of `exclude` is
/// passed over with all that lies in it.
package struct NamePatterns: Sendable, Equatable {
    package var include: [String] = []
    package var exclude: [String] = []

    /// Why nothing of this name is taken, file or folder; nil if that is not so.
    ///
    /// - Parameter path: below the drop folder.
    package func refusal(_ path: String) -> String? {
        if let reason = Self.temporary(FileName.split(path).name) { return reason }
        return exclude.first { Self.matches($0, path) }.map { "`exclude` has \($0)" }
    }

    /// Why no file of this name is taken, though a folder may be; nil if that is not so.
    package func fileRefusal(_ path: String) -> String? {
        guard !include.isEmpty, !include.contains(where: { Self.matches($0, path) }) else { return nil }
        return "`include` has no pattern for it"
    }

    /// Hidden, still being written by its own account, or a record or captions of ours.
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
