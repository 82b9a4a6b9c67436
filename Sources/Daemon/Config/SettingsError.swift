/// What is wrong with a configuration: one sentence a problem.
struct SettingsError: Error, Sendable, Equatable {
    /// The file, or what else the value came from.
    var origin: String
    /// Counted from 1; nil where there is none to point at.
    var line: Int?
    var key: String?
    /// What is wrong and what is allowed, as a clause.
    var reason: String
    /// Further problems, by line.
    var others: [SettingsError] = []
}

extension SettingsError {
    /// All of `problems` as one error, by line; nil if there are none.
    init?(all problems: [SettingsError]) {
        // Sorting keeps the order of what has no line.
        let sorted = problems.sorted { ($0.line ?? .max) < ($1.line ?? .max) }
        guard let first = sorted.first else { return nil }
        self = first
        others = Array(sorted.dropFirst())
    }

    /// Each problem as an error of its own.
    var all: [SettingsError] {
        var first = self
        first.others = []
        return [first] + others
    }
}

extension SettingsError: CustomStringConvertible {
    var description: String {
        guard !others.isEmpty else { return sentence }
        return "\(others.count + 1) problems:" + all.map { "\n  \($0.sentence)" }.joined()
    }

    private var sentence: String {
        let place = line.map { "\(origin):\($0)" } ?? origin
        return key.map { "\(place): \($0): \(reason)" } ?? "\(place): \(reason)"
    }
}
