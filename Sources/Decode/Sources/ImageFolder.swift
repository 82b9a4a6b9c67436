import Files
import Glibc
import Media

/// The images of a folder in natural order: the numbered ones, or all if none has a number.
struct ImageFolder {
    let path: String
    /// File names, sorted.
    let names: [String]
    /// Other visible files, which are ignored.
    let ignored: [String]

    static let extensions: Set<String> = ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff"]

    /// - Throws: `MediaError`: `cannotOpen`, or `noVideo` if no image is in it.
    init(_ path: String) throws(MediaError) {
        guard let entries = FileName.entries(of: path) else {
            throw MediaError(.cannotOpen, "the folder cannot be read: \(String(cString: strerror(errno)))", file: path)
        }
        let visible = entries.filter { !$0.hasPrefix(".") }
        let images = visible.filter(Self.isFrame)
        let numbered = images.filter(Self.isNumbered)
        // Images without a number beside numbered frames are covers or thumbnails.
        names = (numbered.isEmpty ? images : numbered).sorted(by: NaturalOrder.precedes)
        ignored = Set(visible).subtracting(names).sorted()
        self.path = path
        guard !names.isEmpty else {
            throw MediaError(.noVideo, "the folder holds no jpg, png, bmp, webp or tiff images", file: path)
        }
    }

    /// The path of one of its files.
    func file(_ name: String) -> String {
        path.hasSuffix("/") ? path + name : path + "/" + name
    }

    private static func isFrame(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    /// Whether an image's name has a digit before its extension.
    private static func isNumbered(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return name[..<dot].utf8.contains(where: NaturalOrder.isDigit)
    }
}

/// Sorts numbers in names by value, with or without leading zeros: "img_9" before "img_10".
enum NaturalOrder {
    /// Whether `left` comes before `right`: runs of digits by value, everything else by byte; ties by plain comparison.
    static func precedes(_ left: String, _ right: String) -> Bool {
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        var (i, j) = (0, 0)
        while i < a.count && j < b.count {
            if isDigit(a[i]) && isDigit(b[j]) {
                let (x, y) = (number(a, &i), number(b, &j))
                if x.count != y.count { return x.count < y.count }
                if x != y { return x.lexicographicallyPrecedes(y) }
            } else {
                if a[i] != b[j] { return a[i] < b[j] }
                i += 1
                j += 1
            }
        }
        if i < a.count || j < b.count { return j < b.count }
        return a.lexicographicallyPrecedes(b)
    }

    /// The digits from `index` on without leading zeros, of any length.
    private static func number(_ bytes: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count && isDigit(bytes[index]) { index += 1 }
        return bytes[start..<index].drop { $0 == UInt8(ascii: "0") }
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
