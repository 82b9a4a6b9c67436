import Media

/// The broker that events and states are published to, and how.
struct MQTTSettings: Sendable, Equatable {
    var address: MQTTAddress
    var user: String?
    /// A file whose first line is the password; it is read for every connection.
    var passwordFile: String?
    /// How the broker proves who it is, where it speaks TLS.
    var trust = TLSTrust.verified(authorities: nil)
    /// What the daemon's topics begin with, without a slash at its end.
    var prefix = MQTTSettings.usualPrefix
    /// Whether discovery messages for Home Assistant are published, and their topic prefix.
    var hasDiscovery = true
    var discoveryPrefix = MQTTSettings.usualDiscoveryPrefix
    /// Unique among the broker's clients.
    var clientID: String
    /// Seconds from one published picture of a camera to the next; nil publishes none.
    var snapshotInterval: Double?

    static let usualPrefix = "saliencyd"
    static let usualDiscoveryPrefix = "homeassistant"
    static let noSnapshots = "never"
}
