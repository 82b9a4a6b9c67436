import ArgumentParser
import Foundation

/// What the command line says of its options.
struct OptionHelp: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let kind: String
        let names: [Name]?
        let valueName: String?
        let defaultValue: String?
        let abstract: String?
        let allValues: [String]?

        var longName: String? { names?.first { $0.kind == "long" }?.name }
    }

    private struct Command: Decodable {
        let arguments: [Argument]?
    }
    private let command: Command

    var options: [Argument] { command.arguments ?? [] }

    init(_ options: (some ParsableArguments).Type) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(options._dumpHelp().utf8))
    }

    func option(_ name: String) -> Argument? { options.first { $0.longName == name } }
}
