/// What is wrong with a configuration, in one sentence.
struct SettingsError: Error, Sendable, Equatable {
    /// The file, or what else the value came from.
    var origin: String
    /// Counted from 1; nil where there is none to point at.
    var line: Int?
    var key: String?
    /// What is wrong and what is allowed, as a clause.
    var reason: String
}

extension SettingsError: CustomStringConvertible {
    var description: String {
        let place = line.map { "\(origin):\($0)" } ?? origin
        return key.map { "\(place): \($0): \(reason)" } ?? "\(place): \(reason)"
    }
}
