/// Words of the command line that have other names now. The version after this one will not know them.
struct OldWords {
    /// With the new words.
    private(set) var arguments: [String]
    /// What to write instead, a sentence each without its full stop.
    private(set) var warnings: [String] = []

    private static let commands = ["watch": "live"]
    /// By command.
    private static let options = [
        "trust": ["--out": "--output", "--steps": "--curve-steps"],
        "evaluate": ["--out": "--output", "--steps": "--curve-steps"],
        "jobs": ["--watch": "--folder"],
        "live": ["--record": "--log-file"],
    ]

    /// - Parameter arguments: without the program's name.
    init(_ arguments: [String]) {
        self.arguments = arguments
        let place = arguments.first == "help" ? 1 : 0
        guard arguments.indices.contains(place) else { return }
        if let new = Self.commands[arguments[place]] { replace(place, new) }
        guard let options = Self.options[self.arguments[place]] else { return }
        for index in arguments.indices.dropFirst(place + 1) {
            let word = arguments[index]
            // What follows are files.
            if word == "--" { return }
            let name = String(word.prefix { $0 != "=" })
            if let new = options[name] { replace(index, new, behind: word.dropFirst(name.count)) }
        }
    }

    private mutating func replace(_ index: Int, _ new: String, behind rest: Substring = "") {
        let old = String(arguments[index].dropLast(rest.count))
        arguments[index] = new + rest
        let warning = "\(old) is now \(new); the next version will not know \(old)"
        if !warnings.contains(warning) { warnings.append(warning) }
    }
}
