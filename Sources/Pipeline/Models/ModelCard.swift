import Engine
import Files
import FoundationEssentials

/// Information for users of a model, stored as `card.json` with an installed one.
public struct ModelCard: Sendable, Codable, Equatable {
    /// The name for `--model`.
    public var name: String
    /// One sentence.
    public var summary: String
    public var classCount: Int
    /// All classes if they are few; nil if the label file contains them.
    public var classes: [String]?
    public var input: String
    public var trainingData: String
    /// The measured quality: what was measured, by whom, on which data.
    public var quality: [String]
    public var limits: String
    public var license: String
    /// The origin of the model.
    public var source: String?

    public init(
        name: String, summary: String, classCount: Int, classes: [String]? = nil, input: String, trainingData: String,
        quality: [String], limits: String, license: String, source: String? = nil
    ) {
        self.name = name
        self.summary = summary
        self.classCount = classCount
        self.classes = classes
        self.input = input
        self.trainingData = trainingData
        self.quality = quality
        self.limits = limits
        self.license = license
        self.source = source
    }

    /// The file's name in an installed model's folder.
    static let fileName = "card.json"
}

extension ModelCard {
    /// Writes the card into a model's folder.
    func write(intoFolder folder: String) throws(ModelError) {
        let path = "\(folder)/\(Self.fileName)"
        guard let data = try? JSONEncoder.sorted([.snakeCase, .pretty]).encode(self) else {
            throw ModelError(.cannotWrite, "its card cannot be written as JSON", file: path)
        }
        do throws(FileError) {
            let file = try AtomicFile(path, replacing: true)
            try file.write(Array(data) + [UInt8(ascii: "\n")])
            try file.commit()
        } catch {
            throw ModelError(error)
        }
    }

    /// The card in a model's folder; nil if there is none or it cannot be read.
    init?(inFolder folder: String) {
        guard let bytes = try? ReadableFile("\(folder)/\(Self.fileName)").contents(limit: 1 << 20) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let card = try? decoder.decode(ModelCard.self, from: Data(bytes)) else { return nil }
        self = card
    }
}
