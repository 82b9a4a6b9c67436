import Files
import FoundationEssentials

/// An event that is delivered to sinks: as a line of a file, a webhook's body, or a program's environment.
package protocol Event: Sendable, Encodable {
    /// The event's origin, for warnings and logs: `camera` and its name, or `folder` and its name.
    var origin: (kind: String, name: String) { get }
    /// The variables of a program's environment, without the prefix `SALIENCYD_EVENT_`; nil values are left out.
    var variables: [(name: String, value: String?)] { get }
}

extension Event {
    /// One line of JSON, without a line feed.
    package func json() -> [UInt8] {
        // Plain structs of numbers and strings always encode.
        return Array((try? JSONEncoder.sorted(.nonFinite).encode(self)) ?? Data("null".utf8))
    }
}
