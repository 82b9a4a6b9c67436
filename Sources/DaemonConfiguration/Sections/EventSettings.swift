import Decode
import Media

/// What counts as an event of a camera, and its sinks.
package struct EventSettings: Sendable, Equatable {
    package enum Classes: Sendable, Equatable {
        case any
        /// Labels, or numbers of classes from 0.
        case named([String])
    }

    /// An NDJSON file with a line an event.
    package var file: String?
    /// An HTTP address that events are posted to.
    package var webhook: SecretAddress?
    /// How the webhook's server proves who it is.
    package var trust = TLSTrust.verified(authorities: nil)
    /// An executable that is run for each event.
    package var hook: String?
    /// The folder of the clips and stills.
    package var clips: String?

    /// The network answers with one of these classes; nil looks for none.
    package var onClass: Classes?
    /// The network's answer becomes another class.
    package var change = false
    /// Bounds of the mean saliency mass of a frame, in the gradient's units.
    package var massAbove: Double?
    package var massBelow: Double?

    /// Seconds for which a condition has to last.
    package var duration = 1.0
    /// Seconds of a clip before the event and after it.
    package var preRoll = 5.0
    package var postRoll = 5.0
    /// Seconds between two events of one kind.
    package var quiet = 10.0

    /// Whether anything counts as an event.
    package var hasCondition: Bool { onClass != nil || change || massAbove != nil || massBelow != nil }
}

extension EventSettings {
    /// - Parameter hasZones: whether a zone of the camera counts as an event.
    package init(below key: String, hasZones: Bool, _ reader: inout SettingsReader) throws(SettingsError) {
        file = try reader.path("\(key).file")
        webhook = try reader.webhook("\(key).webhook")
        trust = try reader.trust("\(key).tls", authorities: "\(key).ca-file")
        hook = try reader.path("\(key).hook")
        clips = try reader.path("\(key).clips")
        onClass = try reader.classes("\(key).on-class")
        change = try reader.flag("\(key).change", default: false)
        massAbove = try reader.number("\(key).mass-above", 0...1e12)
        massBelow = try reader.number("\(key).mass-below", 0...1e12)
        duration = try reader.number("\(key).for", 0...3600, default: 1)
        preRoll = try reader.number("\(key).pre-roll", 0...60, default: 5)
        postRoll = try reader.number("\(key).post-roll", 0...60, default: 5)
        quiet = try reader.number("\(key).quiet", 0...86_400, default: 10)
        let told = [("file", file), ("webhook", webhook?.text), ("hook", hook), ("clips", clips)]
        let conditions = ["on-class", "change", "mass-above", "mass-below"]
        let isRight = conditions.allSatisfy { reader.isRight("\(key).\($0)") }
        if !hasCondition, !hasZones, isRight, let (name, _) = told.first(where: { $0.1 != nil }) {
            try reader.refuse(
                "\(key).\(name)",
                "needs something that counts as an event: on-class, change, mass-above, mass-below or a zone's share-above"
            )
        }
    }

    /// Keys and values as the configuration has them; the classes are a list of their own.
    package var entries: [(key: String, value: String)] {
        let all: [(String, String?)] = [
            ("file", file), ("webhook", webhook?.redacted), ("tls", trust.text), ("ca-file", trust.authorities),
            ("hook", hook), ("clips", clips), ("change", "\(change)"),
            ("mass-above", massAbove.map { "\($0)" }), ("mass-below", massBelow.map { "\($0)" }),
            ("for", "\(duration)"), ("pre-roll", "\(preRoll)"), ("post-roll", "\(postRoll)"), ("quiet", "\(quiet)"),
        ]
        return all.compactMap { key, value in value.map { (key, $0) } }
    }
}

extension EventSettings.Classes {
    /// Names that are neither a label of the model nor the number of a class.
    package func unknown(labels: [String]) -> [String] {
        guard case .named(let names) = self else { return [] }
        return names.filter { Self.number(of: $0, labels: labels) == nil }
    }

    package static func number(of name: String, labels: [String]) -> Int? {
        if let number = labels.firstIndex(of: name) { return number }
        guard let number = Int(name), number >= 0, labels.isEmpty || number < labels.count else { return nil }
        return number
    }
}

extension SettingsReader {
    /// `any`, or a list of labels and numbers.
    package mutating func classes(_ key: String) throws(SettingsError) -> EventSettings.Classes? {
        if isPlainValue(key) {
            guard let word = try text(key) else { return nil }
            if word == "any" { return .any }
            try refuse(key, "has to be any, or a list such as [walking, 3], not \(word)")
            return nil
        }
        let names = try list(key)
        guard !names.isEmpty else { return nil }
        if names == ["any"] { return .any }
        if names.count > 1000 { try refuse(key, "names more than 1000 classes") }
        for name in names where name.isEmpty || name.unicodeScalars.contains(where: { $0.value < 32 }) {
            try refuse(key, "has to be a list of labels and numbers of classes")
        }
        return .named(names)
    }
}
