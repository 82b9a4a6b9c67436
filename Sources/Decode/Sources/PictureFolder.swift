import Files
import Glibc
import Media

/// The pictures of a folder, in natural order: the numbered ones, or all where none has a number.
struct PictureFolder {
    let path: String
    /// File names, sorted.
    let names: [String]
    /// Other visible files, which are left alone.
    let ignored: [String]

    static let extensions: Set<String> = ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff"]

    /// - Throws: `MediaError`: `cannotOpen`, or `noVideo` if no picture is in it.
    init(_ path: String) throws(MediaError) {
        guard let entries = FileName.entries(of: path) else {
            throw MediaError(.cannotOpen, "the folder cannot be read: \(String(cString: strerror(errno)))", file: path)
        }
        let visible = entries.filter { !$0.hasPrefix(".") }
        let pictures = visible.filter(Self.isPicture)
        let numbered = pictures.filter(Self.isNumbered)
        // Beside numbered frames lie covers and thumbnails that are none.
        names = (numbered.isEmpty ? pictures : numbered).sorted(by: NaturalOrder.precedes)
        ignored = Set(visible).subtracting(names).sorted()
        self.path = path
        guard !names.isEmpty else {
            throw MediaError(.noVideo, "the folder holds no jpg, png, bmp, webp or tiff pictures", file: path)
        }
    }

    /// The path of one of its files.
    func file(_ name: String) -> String {
        path.hasSuffix("/") ? path + name : path + "/" + name
    }

    private static func isPicture(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    /// Whether a picture's name has a digit before its ending.
    private static func isNumbered(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return name[..<dot].utf8.contains(where: NaturalOrder.isDigit)
    }
}
