/// Where an output goes that nobody named.
enum OutputNaming {
    /// "dir/clip.mp4" → "dir/clip.KIND.mp4"; a folder's pictures become a file beside the folder.
    static func beside(_ input: String, _ kind: String) -> String {
        let path = input.hasSuffix("/") ? String(input.dropLast()) : input
        let folderEnd = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let name = path[folderEnd...]
        let base = name.dropFirst().lastIndex(of: ".").map { name[..<$0] } ?? name
        return "\(path[..<folderEnd])\(base).\(kind).mp4"
    }
}
