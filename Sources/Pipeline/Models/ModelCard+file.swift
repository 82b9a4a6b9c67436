import Engine
import Files
import Foundation

extension ModelCard {
    /// Writes the card into a model's folder.
    func write(intoFolder folder: String) throws(ModelError) {
        let path = "\(folder)/\(Self.fileName)"
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
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

    /// The card in a model's folder; nil where there is none or it cannot be read.
    init?(inFolder folder: String) {
        guard let bytes = try? ReadableFile("\(folder)/\(Self.fileName)").contents(limit: 1 << 20) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let card = try? decoder.decode(ModelCard.self, from: Data(bytes)) else { return nil }
        self = card
    }
}
