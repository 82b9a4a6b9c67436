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
    package init(below key: String, _ reader: inout SettingsReader) throws(SettingsError) {
        file = try reader.path("\(key).file")
        webhook = try reader.webhook("\(key).webhook")
        trust = try reader.trust("\(key).tls", authorities: "\(key).ca-file")
        hook = try reader.path("\(key).hook")
        let names = try reader.list("\(key).states")
        guard !names.isEmpty else { return }
        states = []
        for name in names {
            if let state = Self.allStates.first(where: { $0.rawValue == name }) {
                states.insert(state)
            } else {
                let allowed = Self.allStates.map(\.rawValue).joined(separator: ", ")
                try reader.refuse("\(key).states", "has to be a list of \(allowed), not \(name)")
            }
        }
    }

    /// Keys and values as the configuration has them; the states are a list of their own.
    package var entries: [(key: String, value: String)] {
        let all: [(String, String?)] = [
            ("file", file), ("webhook", webhook?.redacted), ("tls", trust.text), ("ca-file", trust.authorities),
            ("hook", hook),
        ]
        return all.compactMap { key, value in value.map { (key, $0) } }
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
