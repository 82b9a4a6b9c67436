import Foundation
import Jobs

/// What holds up queued jobs at a moment.
package struct JobHolds: Sendable, Equatable {
    package var pauses = JobPauses()
    /// What holds up all jobs beside a pause.
    package var others: [JobHold] = []
    /// What holds up the jobs of single watches beside a pause.
    package var othersOfWatches: [String: [JobHold]] = [:]

    package init(
        pauses: JobPauses = JobPauses(), others: [JobHold] = [], othersOfWatches: [String: [JobHold]] = [:]
    ) {
        self.pauses = pauses
        self.others = others
        self.othersOfWatches = othersOfWatches
    }

    /// What holds up all jobs.
    package var ofAll: [JobHold] {
        let pause = pauses.all.map { since in
            JobHold(reason: .paused, message: "all jobs are paused since \(Self.text(since))")
        }
        return (pause.map { [$0] } ?? []) + others
    }

    /// What holds up the jobs of a watch.
    package func of(_ watch: String?) -> [JobHold] {
        guard let watch else { return ofAll }
        let pause = pauses.watches[watch].map { since in
            JobHold(reason: .paused, message: "the drop folder \(watch) is paused since \(Self.text(since))")
        }
        return ofAll + (pause.map { [$0] } ?? []) + (othersOfWatches[watch] ?? [])
    }

    private static func text(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle()) }
}

/// Why queued jobs do not begin though there is room for them.
package struct JobHold: Sendable, Hashable, Codable {
    package enum Reason: String, Sendable, Codable, CaseIterable {
        /// A person wants it so.
        case paused
        /// It is no time of the day for it.
        case quietHours = "quiet-hours"
        /// A disk is nearly full.
        case freeSpace = "free-space"
    }

    /// To decide by.
    package var reason: Reason
    /// One clause.
    package var message: String
}
