import Media

/// The conditions for a camera's events, and their sinks.
package struct EventSettings: Sendable, Equatable {
    package enum Classes: Sendable, Equatable {
        case any
        /// Labels, or class indices from 0.
        case named([String])
    }

    /// An NDJSON file with one line per event.
    package var file: String?
    /// An HTTP address to which events are posted.
    package var webhook: SecretAddress?
    /// How the webhook's server must authenticate itself.
    package var trust = TLSTrust.verified(authorities: nil)
    /// An executable that is run for each event.
    package var hook: String?
    /// The folder of clips and stills.
    package var clips: String?

    /// The classes whose answers are events; nil for none.
    package var onClass: Classes?
    /// Whether an answer that differs from the one before is an event.
    package var change = false
    /// Bounds of the mean saliency mass of a frame, in the gradient's units.
    package var massAbove: Double?
    package var massBelow: Double?

    /// The time for which a condition must hold, in seconds.
    package var duration = 1.0
    /// The parts of a clip before and after the event, in seconds.
    package var preRoll = 5.0
    package var postRoll = 5.0
    /// The time between two events of one kind, in seconds.
    package var quiet = 10.0

    /// Whether any condition is set.
    package var hasCondition: Bool { onClass != nil || change || massAbove != nil || massBelow != nil }
}

extension EventSettings {
    package static let table: [Setting<EventSettings>] =
        [
            .path("file", ifSet: \.file),
            .webhook("webhook", ifSet: \.webhook),
        ]
        + Setting.trust("tls", authorities: "ca-file", at: \.trust)
        + [
            .path("hook", ifSet: \.hook),
            .path("clips", ifSet: \.clips),
            .classes("on-class", ifSet: \.onClass),
            Setting("change", .flag, at: \.change),
            Setting("mass-above", .number(0...1e12), ifSet: \.massAbove),
            Setting("mass-below", .number(0...1e12), ifSet: \.massBelow),
            Setting("for", .number(0...3600), at: \.duration),
            Setting("pre-roll", .number(0...60), at: \.preRoll),
            Setting("post-roll", .number(0...60), at: \.postRoll),
            Setting("quiet", .number(0...86_400), at: \.quiet),
        ]

    /// - Parameter hasZones: whether the camera has a zone that makes events.
    package init(below key: String, hasZones: Bool, _ reader: inout SettingsReader) throws(SettingsError) {
        self.init()
        try reader.read(Self.table, below: key, into: &self)
        let sinks = [("file", file), ("webhook", webhook?.text), ("hook", hook), ("clips", clips)]
        let conditions = ["on-class", "change", "mass-above", "mass-below"]
        let isRight = conditions.allSatisfy { reader.isRight("\(key).\($0)") }
        if !hasCondition, !hasZones, isRight, let (name, _) = sinks.first(where: { $0.1 != nil }) {
            try reader.refuse(
                "\(key).\(name)",
                "needs something that counts as an event: on-class, change, mass-above, mass-below or a zone's share-above"
            )
        }
    }
}

extension EventSettings.Classes {
    /// The names that are neither labels of the model nor class indices.
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
    /// Reads `any`, or a list of labels and numbers.
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
