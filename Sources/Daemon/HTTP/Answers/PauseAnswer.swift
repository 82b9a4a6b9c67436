import Foundation
import Jobs

/// What is paused, as the API tells of it: all jobs first, then watches by name.
struct PauseAnswer: Codable {
    struct Pause: Codable {
        /// Nil for all jobs.
        var watch: String?
        var since: Date
    }

    var paused: [Pause]

    init(_ pauses: JobPauses) {
        let watches = pauses.watches.sorted { $0.key < $1.key }.map { Pause(watch: $0.key, since: $0.value) }
        paused = (pauses.all.map { [Pause(watch: nil, since: $0)] } ?? []) + watches
    }
}
