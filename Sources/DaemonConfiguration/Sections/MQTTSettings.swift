import Engine
import FoundationEssentials
import Media

/// The settings of the broker to which events and states are published.
package struct MQTTSettings: Sendable, Equatable {
    package var address: MQTTAddress
    package var user: String?
    /// A file whose first line is the password; it is read at every connection.
    package var passwordFile: String?
    /// How the broker must authenticate itself over TLS.
    package var trust = TLSTrust.verified(authorities: nil)
    /// The prefix of the daemon's topics, without a slash at its end.
    package var prefix = "saliencyd"
    /// Whether discovery messages for Home Assistant are published, and their topic prefix.
    package var hasDiscovery = true
    package var discoveryPrefix = "homeassistant"
    /// The client identifier, which must be unique at the broker.
    package var clientID: String
    /// The time between published images of a camera, in seconds; if nil, none are published.
    package var snapshotInterval: Double?
}

extension MQTTSettings {
    package static let table: [Setting<MQTTSettings>] =
        [
            Setting("url") { _, _, _ throws(SettingsError) in
                // This is read first, because without a broker there are no settings.
            } value: {
                $0.address == .none ? nil : .text($0.address.text)
            },
            .text("user", ifSet: \.user),
            .path("password-file", ifSet: \.passwordFile),
        ]
        + Setting.trust("tls", authorities: "ca-file", at: \.trust)
        + [
            Setting("prefix", .topic("saliencyd"), at: \.prefix),
            Setting("discovery", .flag, at: \.hasDiscovery),
            Setting("discovery-prefix", .topic("homeassistant"), at: \.discoveryPrefix),
            .text("client-id", at: \.clientID),
            Setting("snapshot-interval", .number(1...86_400), ifSet: \.snapshotInterval, or: "never"),
        ]

    /// The maximum length in bytes; MQTT allows 65,535 for a whole topic.
    fileprivate static let longestPrefix = 256
    private static let longestClientID = 64
    private static let longestUser = 1024

    /// - Returns: nil if no broker is set.
    package static func read(_ reader: inout SettingsReader) throws(SettingsError) -> MQTTSettings? {
        let address = try reader.broker("mqtt.url")
        var settings = MQTTSettings(address: address ?? .none, clientID: usualClientID())
        try reader.read(table, below: "mqtt", into: &settings)
        guard address != nil else {
            let keys = table.map(\.key).filter { $0 != "url" }
            if reader.isRight("mqtt.url"), let key = keys.first(where: { reader.isSaid("mqtt.\($0)") }) {
                try reader.refuse("mqtt.\(key)", "needs a broker in mqtt.url, such as mqtt://broker.example")
            }
            return nil
        }
        if settings.passwordFile != nil, settings.user == nil {
            try reader.refuse("mqtt.password-file", "needs mqtt.user too")
        }
        if let user = settings.user, user.utf8.count > longestUser || !isText(user) {
            try reader.refuse("mqtt.user", "has to be up to \(longestUser) bytes without control characters")
        }
        let clientID = settings.clientID
        let isName = clientID.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        if !isName || clientID.utf8.count > longestClientID {
            try reader.refuse("mqtt.client-id", "has to be up to \(longestClientID) letters, digits, -, _ and .")
        }
        if settings.hasDiscovery, settings.prefix == settings.discoveryPrefix {
            try reader.refuse("mqtt.prefix", "has to be another than mqtt.discovery-prefix")
        }
        return settings
    }

    /// Whether MQTT allows all characters of a text.
    fileprivate static func isText(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && !$0.properties.isNoncharacterCodePoint
        }
    }

    /// The default client identifier, `saliencyd-HOSTNAME`.
    private static func usualClientID() -> String {
        let letters = ProcessInfo.processInfo.hostName.prefix { $0 != "." }.map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
        }
        return "saliencyd-\(String(letters.prefix(40)))"
    }
}

extension SettingsReader {
    /// Reads a broker's address. Errors do not repeat it, because it may contain a password.
    fileprivate mutating func broker(_ key: String) throws(SettingsError) -> MQTTAddress? {
        guard let text = try text(key) else { return nil }
        if SecretAddress(text).hasUser {
            try refuse(key, "must not hold a user or a password; mqtt.user and mqtt.password-file are for them")
            return nil
        }
        guard let address = MQTTAddress(text) else {
            try refuse(key, "has to be mqtt://HOST or mqtts://HOST, with :PORT where it is not 1883 or 8883")
            return nil
        }
        return address
    }
}

extension SettingForm where Value == String {
    /// The form of a topic prefix.
    ///
    /// - Parameter example: an example of one level.
    fileprivate static func topic(_ example: String) -> Self {
        Self(
            value: { $0 }, text: { $0 },
            isAllowed: { text in
                let levels = text.split(separator: "/", omittingEmptySubsequences: false)
                return !text.contains { "+#".contains($0) } && !text.hasPrefix("$") && levels.allSatisfy { !$0.isEmpty }
                    && text.utf8.count <= MQTTSettings.longestPrefix && MQTTSettings.isText(text)
            },
            requirement: {
                """
                what topics begin with, such as home/\(example), up to \(MQTTSettings.longestPrefix) bytes without + and #, \
                without $ first, without / first or last
                """
            })
    }
}
