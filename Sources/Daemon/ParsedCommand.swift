import ArgumentParser
import Engine

/// A parsed command line, with the problems of mistyped words.
struct ParsedCommand {
    /// The command, with mistyped words replaced by the nearest known ones so that the rest can be checked too; must
    /// not be run if there are problems.
    let command: any ParsableCommand
    private(set) var problems = RequestProblems()
    /// Whether every option has a plausible value. Otherwise options that depend on others cannot be checked.
    private(set) var hasCompleteOptions = true

    /// - Throws: errors that swift-argument-parser formats itself; `CommandFailure` for mistyped words that prevent any
    ///   further check.
    init(_ arguments: [String]) throws {
        if arguments.first == "help", let word = MistypedWord.command(Array(arguments.dropFirst())) {
            throw CommandFailure(.usage, word.sentence)
        }
        var arguments = arguments
        // Each iteration removes one mistyped word.
        for _ in 0...arguments.count {
            do {
                command = try Main.parseAsRoot(arguments)
                return
            } catch {
                guard Main.exitCode(for: error) != .success else { throw error }
                guard let word = MistypedWord.find(error, in: arguments) else {
                    guard !problems.failures.isEmpty else { throw error }
                    problems.demand(false, Main.message(for: error))
                    break
                }
                problems.demand(false, word.sentence)
                if let corrected = word.corrected {
                    arguments = corrected
                } else if let rest = word.rest {
                    hasCompleteOptions = false
                    arguments = rest
                } else {
                    break
                }
            }
        }
        try problems.finish()
        throw CommandFailure(.usage, "the command cannot be understood; see saliencyd --help")
    }
}

/// An unknown word of a command line, where the known words can be listed.
struct MistypedWord {
    let sentence: String
    /// The command line with the nearest known word instead; nil if none is similar.
    let corrected: [String]?
    /// The command line without the option; nil if the word does not belong to an option.
    var rest: [String]?

    /// - Returns: nil for other kinds of errors.
    static func find(_ error: any Error, in arguments: [String]) -> MistypedWord? {
        let message = Main.message(for: error)
        if let match = message.firstMatch(of: /^Unknown option '(.+?)'\. Did you mean '(.+?)'\?/) {
            return option(String(match.1), near: String(match.2), in: arguments)
        }
        let value = /^The value '([\s\S]*?)' is invalid for '(-+[^\s']+)[^']*'(\. Please provide one of [\s\S]+)?/
        if let match = message.firstMatch(of: value) {
            let names = match.3.map { Self.names(in: String($0)) } ?? []
            return self.value(String(match.1), of: String(match.2), names: names, message, in: arguments)
        }
        return message.contains("nexpected argument") ? command(arguments) : nil
    }

    /// The first word of a command line in the position of a command that is not one; nil if there is none.
    static func command(_ arguments: [String]) -> MistypedWord? {
        var command: any ParsableCommand.Type = Main.self
        for (place, word) in arguments.enumerated() {
            let commands = command.configuration.subcommands
            guard !word.hasPrefix("-"), word != "help", !commands.isEmpty else { return nil }
            guard let next = commands.first(where: { $0.configuration.commandName == word }) else {
                return self.command(word, at: place, of: commands, in: arguments)
            }
            command = next
        }
        return nil
    }

    private static func command(
        _ word: String, at place: Int, of commands: [any ParsableCommand.Type], in arguments: [String]
    ) -> MistypedWord {
        let before = arguments[..<place].map { "\($0) " }.joined()
        let names = commands.compactMap { $0.configuration.commandName }
        let hint = NearMisses.hint(word, in: names)
        let help = "; saliencyd \(before)--help lists those that there are"
        let corrected = NearMisses.of(word, in: names).first.map { name in
            var corrected = arguments
            corrected[place] = name
            return corrected
        }
        return MistypedWord(
            sentence: "there is no command \(before)\(word)" + (hint.isEmpty ? help : hint), corrected: corrected)
    }

    private static func option(_ wrong: String, near right: String, in arguments: [String]) -> MistypedWord {
        var corrected = arguments
        for (place, word) in arguments.enumerated() where word == wrong || word.hasPrefix(wrong + "=") {
            corrected[place] = right + word.dropFirst(wrong.count)
        }
        return MistypedWord(
            sentence: "there is no option \(wrong); did you mean \(right)?",
            corrected: corrected == arguments ? nil : corrected)
    }

    private static func value(
        _ value: String, of option: String, names: [String], _ message: String, in arguments: [String]
    ) -> MistypedWord {
        let right = NearMisses.of(value, in: names).first
        var corrected = arguments
        var rest = arguments
        for place in arguments.indices.reversed() {
            if arguments[place] == "\(option)=\(value)" {
                corrected[place] = "\(option)=\(right ?? "")"
                rest.remove(at: place)
            } else if place > 0, arguments[place] == value, arguments[place - 1] == option {
                corrected[place] = right ?? ""
                rest.removeSubrange(place - 1...place)
            }
        }
        let isFound = rest != arguments
        return MistypedWord(
            sentence: names.isEmpty ? message : "\(option): \(NearMisses.missing(value, in: names))",
            corrected: isFound && right != nil ? corrected : nil, rest: isFound ? rest : nil)
    }

    /// The words of a formatted list: lines that begin with hyphens, or words in quotes.
    private static func names(in list: String) -> [String] {
        let lines = list.split(separator: "\n").filter { $0.hasPrefix("  - ") }.map { String($0.dropFirst(4)) }
        return lines.isEmpty ? list.matches(of: /'([^']+)'/).map { String($0.1) } : lines
    }
}
