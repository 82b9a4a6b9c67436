import Engine

/// A published model that can be fetched.
public struct PublishedModel: Sendable, Equatable {
    /// The files, the smallest first.
    public var files: [PublishedFile]
    public var card: ModelCard
    /// The base URL to which the files' paths are appended.
    public var source: String

    public var name: String { card.name }

    public init(files: [PublishedFile], card: ModelCard, source: String) {
        self.files = files
        self.card = card
        self.source = source
    }

    /// The published model of this name.
    ///
    /// - Throws: `ModelError.Code.invalidRequest`, which lists the published models.
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
    /// The path below the source's base URL.
    public var path: String
    /// The name of the installed file.
    public var name: String
    /// The SHA-1 of `"blob <size>\0"` followed by the bytes.
    public var blobID: String
    /// In bytes; nil if it is not known in advance.
    public var size: Int?

    public init(path: String, name: String, blobID: String, size: Int?) {
        self.path = path
        self.name = name
        self.blobID = blobID
        self.size = size
    }
}
