import Engine

/// A model that is published elsewhere and can be fetched.
public struct PublishedModel: Sendable, Equatable {
    /// The files, the smallest first.
    public var files: [PublishedFile]
    public var card: ModelCard
    /// The base URL that the files' paths are appended to.
    public var source: String

    public var name: String { card.name }

    public init(files: [PublishedFile], card: ModelCard, source: String) {
        self.files = files
        self.card = card
        self.source = source
    }

    /// The one of that name.
    ///
    /// - Throws: `ModelError.Code.invalidRequest`, naming those that there are.
    public static func named(_ name: String) throws(ModelError) -> PublishedModel {
        guard let model = all.first(where: { $0.name == name }) else {
            let near = NearMisses.of(name, in: all.map(\.name))
            let names = (near.isEmpty ? all.map(\.name) : near).joined(separator: ", ")
            throw ModelError(
                .invalidRequest,
                "no model \"\(name)\" is published; \(near.isEmpty ? "there are" : "near:") \(names)")
        }
        return model
    }
}

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
