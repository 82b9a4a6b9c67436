import Jobs
import Media

/// The sinks for the ends of a drop folder's jobs, and which ends they receive.
package struct JobEventSettings: Sendable, Equatable {
    /// An NDJSON file with a line an end.
    package var file: String?
    /// An HTTP address that ends are posted to.
    package var webhook: SecretAddress?
    /// How the webhook's server proves who it is, where it speaks TLS.
    package var trust = TLSTrust.verified(authorities: nil)
    /// An executable that is run for each end.
    package var hook: String?
    package var states: Set<JobState> = [.done, .failed, .quarantined]

    /// The ends that can be told of, in the order in which the configuration shows them.
    static let allStates: [JobState] = [.done, .failed, .quarantined]
}

extension JobEventSettings {
    package static let table: [Setting<JobEventSettings>] =
        [
            .path("file", ifSet: \.file),
            .webhook("webhook", ifSet: \.webhook),
        ]
        + Setting.trust("tls", authorities: "ca-file", at: \.trust)
        + [
            .path("hook", ifSet: \.hook),
            Setting("states") { key, reader, settings throws(SettingsError) in
                let states = try reader.values(key, .choice(isAllowed: allStates.contains))
                if !states.isEmpty { settings.states = Set(states) }
            } value: { settings in
                .list(allStates.filter(settings.states.contains).map(\.rawValue))
            },
        ]

    package init(below key: String, _ reader: inout SettingsReader) throws(SettingsError) {
        self.init()
        try reader.read(Self.table, below: key, into: &self)
    }
}

extension SettingsReader {
    /// An HTTP address that events are posted to.
    package mutating func webhook(_ key: String) throws(SettingsError) -> SecretAddress? {
        guard let address = try text(key).map(SecretAddress.init) else { return nil }
        guard ["http", "https"].contains(address.scheme), WebhookAddress(address.text) != nil else {
            try refuse(key, "has to begin with http:// or https:// and name a host")
            return nil
        }
        return address
    }
}
