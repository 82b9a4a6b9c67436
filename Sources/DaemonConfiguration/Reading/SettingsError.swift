/// The problems of a configuration, described in one sentence each.
package struct SettingsError: Error, Sendable, Equatable {
    /// The file, or another origin of the value.
    package var origin: String
    /// The line, counted from 1; nil if there is none.
    package var line: Int?
    package var key: String?
    /// The problem and the allowed values, as a clause.
    package var reason: String
    /// Further problems, sorted by line.
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
    /// Combines `problems` into one error, sorted by line; nil if there are none.
    package init?(all problems: [SettingsError]) {
        // Sorting keeps the order of problems without a line.
        let sorted = problems.sorted { ($0.line ?? .max) < ($1.line ?? .max) }
        guard let first = sorted.first else { return nil }
        self = first
        others = Array(sorted.dropFirst())
    }

    /// Each problem as a separate error.
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

/// A part of a configuration that is read but should be changed.
package struct SettingsWarning: Sendable, Equatable {
    /// The file, or another origin of the value.
    package var origin: String
    /// The line, counted from 1; nil if there is none.
    package var line: Int?
    /// A sentence without its full stop.
    package var text: String
}

extension SettingsWarning: CustomStringConvertible {
    package var description: String { "\(line.map { "\(origin):\($0)" } ?? origin): \(text)" }
}
