import FoundationEssentials

/// The numbered pictures of a folder, in natural order.
struct PictureFolder {
    let path: String
    /// File names, sorted.
    let names: [String]
    /// Other visible files, which are left alone.
    let ignored: [String]

    static let extensions: Set<String> = ["jpg", "jpeg", "png", "bmp", "webp"]

    /// - Throws: `MediaError`: `cannotOpen`, or `noVideo` if no numbered picture is in it.
    init(_ path: String) throws(MediaError) {
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw MediaError(.cannotOpen, "the folder cannot be read", file: path)
        }
        let visible = entries.filter { !$0.hasPrefix(".") }
        names = visible.filter(Self.isNumberedPicture).sorted(by: NaturalOrder.precedes)
        ignored = visible.filter { !Self.isNumberedPicture($0) }.sorted()
        self.path = path
        guard !names.isEmpty else {
            throw MediaError(.noVideo, "the folder holds no numbered jpg, png, bmp or webp pictures", file: path)
        }
    }

    /// The path of one of its files.
    func file(_ name: String) -> String {
        path.hasSuffix("/") ? path + name : path + "/" + name
    }

    private static func isNumberedPicture(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
            && name[..<dot].utf8.contains(where: NaturalOrder.isDigit)
    }
}
