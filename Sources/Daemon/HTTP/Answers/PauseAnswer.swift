import Foundation
import Jobs

/// What is paused, as the API tells of it: all jobs first, then drop folders by name.
struct PauseAnswer: Codable {
    struct Pause: Codable {
        /// Nil for all jobs.
        var folder: String?
        var since: Date
    }

    var paused: [Pause]

    init(_ pauses: JobPauses) {
        let watches = pauses.watches.sorted { $0.key < $1.key }.map { Pause(folder: $0.key, since: $0.value) }
        paused = (pauses.all.map { [Pause(folder: nil, since: $0)] } ?? []) + watches
    }
}
