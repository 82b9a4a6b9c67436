import Files

/// A file in a drop folder, as one look at it found it.
struct DroppedFile: Sendable, Hashable {
    typealias Stamp = FileStamp

    /// Its path below the folder.
    var name: String
    var stamp: Stamp

    init(name: String, stamp: Stamp) {
        self.name = name
        self.stamp = stamp
    }

    /// Nil for what is no regular file, and for what is gone. A link could lead anywhere; what it leads to was not dropped here.
    init?(folder: HeldFolder, name: String) {
        guard case .file(let stamp) = folder.entry(name) else { return nil }
        self.init(name: name, stamp: stamp)
    }
}
