import Decode
import FoundationEssentials
import Media

/// The broker that events and states are published to, and how.
package struct MQTTSettings: Sendable, Equatable {
    package var address: MQTTAddress
    package var user: String?
    /// A file whose first line is the password; it is read for every connection.
    package var passwordFile: String?
    /// How the broker proves who it is, where it speaks TLS.
    package var trust = TLSTrust.verified(authorities: nil)
    /// What the daemon's topics begin with, without a slash at its end.
    package var prefix = MQTTSettings.usualPrefix
    /// Whether discovery messages for Home Assistant are published, and their topic prefix.
    package var hasDiscovery = true
    package var discoveryPrefix = MQTTSettings.usualDiscoveryPrefix
    /// Unique among the broker's clients.
    package var clientID: String
    /// Seconds from one published image of a camera to the next; nil publishes none.
    package var snapshotInterval: Double?

    static let usualPrefix = "saliencyd"
    static let usualDiscoveryPrefix = "homeassistant"
    static let noSnapshots = "never"
}

extension MQTTSettings {
    private static let keys = [
        "user", "password-file", "tls", "ca-file", "prefix", "discovery", "discovery-prefix", "client-id",
        "snapshot-interval",
    ]
    /// Bytes: MQTT allows 65,535 for a whole topic.
    fileprivate static let longestPrefix = 256
    private static let longestClientID = 64
    private static let longestUser = 1024

    /// - Returns: nil where no broker is named.
    package static func read(_ reader: inout SettingsReader) throws(SettingsError) -> MQTTSettings? {
        let address = try reader.broker("mqtt.url")
        let user = try reader.text("mqtt.user")
        let passwordFile = try reader.path("mqtt.password-file")
        let trust = try reader.trust("mqtt.tls", authorities: "mqtt.ca-file")
        let prefix = try reader.topic("mqtt.prefix", default: usualPrefix)
        let hasDiscovery = try reader.flag("mqtt.discovery", default: true)
        let discoveryPrefix = try reader.topic("mqtt.discovery-prefix", default: usualDiscoveryPrefix)
        let clientID = try reader.text("mqtt.client-id", default: usualClientID())
        let snapshotInterval = try reader.number("mqtt.snapshot-interval", 1...86_400, or: noSnapshots)
        guard let address else {
            if reader.isRight("mqtt.url"), let key = keys.first(where: { reader.isSaid("mqtt.\($0)") }) {
                try reader.refuse("mqtt.\(key)", "needs a broker in mqtt.url, such as mqtt://broker.example")
            }
            return nil
        }
        if passwordFile != nil, user == nil {
            try reader.refuse("mqtt.password-file", "needs mqtt.user too")
        }
        if let user, user.utf8.count > longestUser || !isText(user) {
            try reader.refuse("mqtt.user", "has to be up to \(longestUser) bytes without control characters")
        }
        let isName = clientID.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        if !isName || clientID.utf8.count > longestClientID {
            try reader.refuse("mqtt.client-id", "has to be up to \(longestClientID) letters, digits, -, _ and .")
        }
        if hasDiscovery, prefix == discoveryPrefix {
            try reader.refuse("mqtt.prefix", "has to be another than mqtt.discovery-prefix")
        }
        return MQTTSettings(
            address: address, user: user, passwordFile: passwordFile, trust: trust, prefix: prefix,
            hasDiscovery: hasDiscovery, discoveryPrefix: discoveryPrefix, clientID: clientID,
            snapshotInterval: snapshotInterval)
    }

    /// Whether MQTT allows all of these characters.
    fileprivate static func isText(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && !$0.properties.isNoncharacterCodePoint
        }
    }

    /// `saliencyd-HOSTNAME`.
    private static func usualClientID() -> String {
        let letters = ProcessInfo.processInfo.hostName.prefix { $0 != "." }.map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
        }
        return "saliencyd-\(String(letters.prefix(40)))"
    }

    /// Keys and values as the configuration has them.
    package var entries: [(key: String, value: String)] {
        let all: [(String, String?)] = [
            ("url", address.text), ("user", user), ("password-file", passwordFile), ("tls", trust.text),
            ("ca-file", trust.authorities), ("prefix", prefix), ("discovery", "\(hasDiscovery)"),
            ("discovery-prefix", discoveryPrefix), ("client-id", clientID),
            ("snapshot-interval", snapshotInterval.map { "\($0)" } ?? Self.noSnapshots),
        ]
        return all.compactMap { key, value in value.map { (key, $0) } }
    }
}

extension SettingsReader {
    /// A broker's address. No error repeats it: there may be a password in it.
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

    /// What topics begin with.
    fileprivate mutating func topic(_ key: String, default fallback: String) throws(SettingsError) -> String {
        let text = try text(key, default: fallback)
        let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        let isTopic =
            !text.contains { "+#".contains($0) } && !text.hasPrefix("$") && levels.allSatisfy { !$0.isEmpty }
            && text.utf8.count <= MQTTSettings.longestPrefix && MQTTSettings.isText(text)
        guard isTopic else {
            try refuse(
                key,
                """
                has to be what topics begin with, such as home/\(fallback), up to \(MQTTSettings.longestPrefix) bytes: \
                no + and #, no $ first, no / first or last
                """
            )
            return fallback
        }
        return text
    }
}
