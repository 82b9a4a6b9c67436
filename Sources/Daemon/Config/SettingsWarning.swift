/// What should be changed in a configuration that is read all the same.
struct SettingsWarning: Sendable, Equatable {
    /// The file, or what else the value came from.
    var origin: String
    /// Counted from 1; nil where there is none to point at.
    var line: Int?
    /// A sentence without its full stop.
    var text: String
}

extension SettingsWarning: CustomStringConvertible {
    var description: String { "\(line.map { "\(origin):\($0)" } ?? origin): \(text)" }
}
