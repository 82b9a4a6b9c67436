/// The names that outputs have until they are complete: hidden, beside the destination, and telling whose they are.
///
/// Whoever finds such a file or folder may delete it: its writer is dead if no process holds it open.
public enum StagedName {
    /// How every staged name ends.
    public static let suffix = ".saliencyd-partial"

    /// A name for `destination` that nothing else has, in practice.
    public static func path(for destination: String) -> String {
        let (folder, name) = split(destination)
        // Within the 255 bytes that most file systems allow for a name.
        let stem = String(decoding: name.utf8.prefix(200), as: UTF8.self)
        return folder + "." + stem + "." + String(UInt32.random(in: .min ... .max), radix: 16) + suffix
    }

    /// The folder with its slash (or nothing) and the name.
    public static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }
}
