import Glibc

/// Conversion of file names and paths to strings, also of those that are not valid UTF-8.
///
/// To the file system a name is a sequence of bytes. In a string, bytes that are not valid UTF-8 are represented by
/// private-use characters, byte b by U+EF00 + b; `fileBytes` converts them back to bytes for system calls. So every
/// name has its own distinct string, which can be stored, compared and written as UTF-8.
public enum FileName {
    /// The string that represents `bytes`.
    public static func string(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        if let string = String(validating: bytes, as: UTF8.self), !string.unicodeScalars.contains(where: isEscape) {
            return string
        }
        var scalars = String.UnicodeScalarView()
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            // The shortest prefix that is a whole character; the escape characters do not count as such.
            let whole = (1...4).lazy.compactMap { String(validating: rest.prefix($0), as: UTF8.self) }.first
            if let whole, let scalar = whole.unicodeScalars.first, !isEscape(scalar) {
                scalars.append(scalar)
                index += whole.utf8.count
            } else {
                scalars.append(Unicode.Scalar(0xEF00 + UInt16(bytes[index])) ?? "\u{FFFD}")
                index += 1
            }
        }
        return String(scalars)
    }

    /// The string that represents a NUL-terminated name.
    public static func string(_ name: UnsafePointer<CChar>) -> String {
        string(UnsafeRawBufferPointer(start: name, count: strlen(name)))
    }

    /// The command's arguments, without its own name.
    public static var arguments: [String] {
        (0..<Int(CommandLine.argc)).dropFirst().compactMap { index in
            CommandLine.unsafeArgv[index].map { string(UnsafePointer($0)) }
        }
    }

    /// The names in a folder, including hidden ones, in no particular order; nil if it cannot be read, and then `errno`
    /// is set.
    public static func entries(of folder: String) -> [String]? {
        guard let directory = opendir(folder.fileBytes) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { string($0.prefix { $0 != 0 }) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Whether the path is a folder or a link to one.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path.fileBytes, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Splits a path into its folder, with the trailing slash (or empty), and its name.
    public static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    fileprivate static func isEscape(_ scalar: Unicode.Scalar) -> Bool { (0xEF80...0xEFFF).contains(scalar.value) }
}

extension String {
    /// The bytes of the name or path in the file system, NUL-terminated.
    public var fileBytes: [CChar] {
        guard unicodeScalars.contains(where: FileName.isEscape) else { return Array(utf8CString) }
        var bytes: [CChar] = []
        for scalar in unicodeScalars {
            if FileName.isEscape(scalar) {
                bytes.append(CChar(truncatingIfNeeded: scalar.value - 0xEF00))
            } else {
                bytes += UTF8.encode(scalar).map { $0.map { CChar(bitPattern: $0) } } ?? []
            }
        }
        return bytes + [0]
    }
}

/// Names of incomplete outputs: hidden, in the destination's folder, and marked as belonging to this program.
///
/// Any process may delete such a file or folder if no process holds it open: then its writer no longer runs.
public enum TemporaryName {
    /// The suffix of all these names.
    public static let suffix = ".saliencyd-partial"

    /// A temporary path for `destination`; its random part makes it unique in practice.
    public static func path(for destination: String) -> String {
        let (folder, name) = FileName.split(destination)
        // Within the 255 bytes that most file systems allow for a name.
        let stem = String(decoding: name.utf8.prefix(200), as: UTF8.self)
        return folder + "." + stem + "." + String(UInt32.random(in: .min ... .max), radix: 16) + suffix
    }
}
