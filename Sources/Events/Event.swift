import Files
import FoundationEssentials

/// Something that happened and is delivered to sinks: as a line of a file, a webhook's body, a program's environment.
package protocol Event: Sendable, Encodable {
    /// What it happened to, for warnings and logs: `camera` and its name, `job` and its number.
    var origin: (kind: String, name: String) { get }
    /// What a program finds in its environment, without the prefix `SALIENCYD_EVENT_`; nil is left out.
    var variables: [(name: String, value: String?)] { get }
}

extension Event {
    /// One line of JSON, without a line feed.
    package func json() -> [UInt8] {
        // Plain structs of numbers and strings always encode.
        return Array((try? JSONEncoder.sorted(.nonFinite).encode(self)) ?? Data("null".utf8))
    }
}
