/// A file of a public repository at a pinned commit.
public struct PublishedFile: Sendable, Equatable {
    /// Below the source's base URL.
    public var path: String
    /// Its name once it is installed.
    public var name: String
    /// SHA-1 of `"blob <size>\0"` and the bytes.
    public var blobID: String
    /// In bytes; nil where it is not known beforehand.
    public var size: Int?

    public init(path: String, name: String, blobID: String, size: Int?) {
        self.path = path
        self.name = name
        self.blobID = blobID
        self.size = size
    }
}
