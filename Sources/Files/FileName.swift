import Glibc

/// File names and paths as strings, also those that are not UTF-8.
///
/// To the file system a name is a row of bytes. Bytes that are not UTF-8 stand in a string as characters of a private area,
/// byte b as U+EF00 + b, and become bytes again where the string goes to the system (`fileBytes`). So every name has a string
/// of its own that can be stored, compared and written as UTF-8.
public enum FileName {
    /// The string that stands for `bytes`.
    public static func string(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        if let string = String(validating: bytes, as: UTF8.self), !string.unicodeScalars.contains(where: isEscape) {
            return string
        }
        var scalars = String.UnicodeScalarView()
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            // The shortest prefix that is a whole character, of which the escapes themselves are none.
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

    /// The string that stands for a NUL-terminated name.
    public static func string(_ name: UnsafePointer<CChar>) -> String {
        string(UnsafeRawBufferPointer(start: name, count: strlen(name)))
    }

    /// The command's arguments, without its own name.
    public static var arguments: [String] {
        (0..<Int(CommandLine.argc)).dropFirst().compactMap { index in
            CommandLine.unsafeArgv[index].map { string(UnsafePointer($0)) }
        }
    }

    /// The names in a folder, hidden ones included, in no order; nil, and `errno` says why, if it cannot be read.
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

    /// Whether there is a folder of this path, or a link to one.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path.fileBytes, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    fileprivate static func isEscape(_ scalar: Unicode.Scalar) -> Bool { (0xEF80...0xEFFF).contains(scalar.value) }
}

extension String {
    /// The bytes that the file system knows the name or path by, and a NUL.
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
