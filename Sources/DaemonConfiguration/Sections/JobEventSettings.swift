import Jobs
import Media

/// The sinks for the ends of a drop folder's jobs, and the states that are reported to them.
package struct JobEventSettings: Sendable, Equatable {
    /// An NDJSON file with one line per job that ends.
    package var file: String?
    /// An HTTP address to which ends of jobs are posted.
    package var webhook: SecretAddress?
    /// How the webhook's server must authenticate itself over TLS.
    package var trust = TLSTrust.verified(authorities: nil)
    /// An executable that is run at each end of a job.
    package var hook: String?
    package var states: Set<JobState> = [.done, .failed, .quarantined]

    /// The states that can be reported, in the order in which the configuration shows them.
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
    /// Reads an HTTP address to which events are posted.
    package mutating func webhook(_ key: String) throws(SettingsError) -> SecretAddress? {
        guard let address = try text(key).map(SecretAddress.init) else { return nil }
        guard ["http", "https"].contains(address.scheme), WebhookAddress(address.text) != nil else {
            try refuse(key, "has to begin with http:// or https:// and name a host")
            return nil
        }
        return address
    }
}
