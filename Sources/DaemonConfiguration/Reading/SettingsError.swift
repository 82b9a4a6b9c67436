/// What is wrong with a configuration: one sentence a problem.
package struct SettingsError: Error, Sendable, Equatable {
    /// The file, or what else the value came from.
    package var origin: String
    /// Counted from 1; nil where there is none to point at.
    package var line: Int?
    package var key: String?
    /// What is wrong and what is allowed, as a clause.
    package var reason: String
    /// Further problems, by line.
    package var others: [SettingsError] = []

    package init(
        origin: String, line: Int? = nil, key: String? = nil, reason: String, others: [SettingsError] = []
    ) {
        self.origin = origin
        self.line = line
        self.key = key
        self.reason = reason
        self.others = others
    }
}

extension SettingsError {
    /// All of `problems` as one error, by line; nil if there are none.
    package init?(all problems: [SettingsError]) {
        // Sorting keeps the order of what has no line.
        let sorted = problems.sorted { ($0.line ?? .max) < ($1.line ?? .max) }
        guard let first = sorted.first else { return nil }
        self = first
        others = Array(sorted.dropFirst())
    }

    /// Each problem as an error of its own.
    package var all: [SettingsError] {
        var first = self
        first.others = []
        return [first] + others
    }
}

extension SettingsError: CustomStringConvertible {
    package var description: String {
        guard !others.isEmpty else { return sentence }
        return "\(others.count + 1) problems:" + all.map { "\n  \($0.sentence)" }.joined()
    }

    private var sentence: String {
        let place = line.map { "\(origin):\($0)" } ?? origin
        return key.map { "\(place): \($0): \(reason)" } ?? "\(place): \(reason)"
    }
}

/// What should be changed in a configuration that is read all the same.
package struct SettingsWarning: Sendable, Equatable {
    /// The file, or what else the value came from.
    package var origin: String
    /// Counted from 1; nil where there is none to point at.
    package var line: Int?
    /// A sentence without its full stop.
    package var text: String
}

extension SettingsWarning: CustomStringConvertible {
    package var description: String { "\(line.map { "\(origin):\($0)" } ?? origin): \(text)" }
}
