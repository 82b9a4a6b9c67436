/// Replaces renamed commands and options of the command line. The next version will not support the old names.
struct DeprecatedNames {
    /// The arguments with the new names.
    private(set) var arguments: [String]
    /// The names to use instead, each as a sentence without a full stop.
    private(set) var warnings: [String] = []

    private static let commands = ["watch": "live"]
    /// Renamed options by command.
    private static let options = [
        "trust": ["--out": "--output", "--steps": "--curve-steps"],
        "evaluate": ["--out": "--output", "--steps": "--curve-steps"],
        "jobs": ["--watch": "--folder"],
        "live": ["--record": "--log-file"],
    ]

    /// - Parameter arguments: the arguments without the program's name.
    init(_ arguments: [String]) {
        self.arguments = arguments
        let place = arguments.first == "help" ? 1 : 0
        guard arguments.indices.contains(place) else { return }
        if let new = Self.commands[arguments[place]] { replace(place, new) }
        guard let options = Self.options[self.arguments[place]] else { return }
        for index in arguments.indices.dropFirst(place + 1) {
            let word = arguments[index]
            // Only files follow.
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
