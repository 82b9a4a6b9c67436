import Foundation
import Jobs

/// What holds up queued jobs at a moment.
struct JobHolds: Sendable, Equatable {
    var pauses = JobPauses()
    /// What holds up all jobs beside a pause.
    var others: [JobHold] = []
    /// What holds up the jobs of single watches beside a pause.
    var othersOfWatches: [String: [JobHold]] = [:]

    /// What holds up all jobs.
    var ofAll: [JobHold] {
        let pause = pauses.all.map { since in
            JobHold(reason: .paused, message: "all jobs are paused since \(Self.text(since))")
        }
        return (pause.map { [$0] } ?? []) + others
    }

    /// What holds up the jobs of a watch.
    func of(_ watch: String?) -> [JobHold] {
        guard let watch else { return ofAll }
        let pause = pauses.watches[watch].map { since in
            JobHold(reason: .paused, message: "the drop folder \(watch) is paused since \(Self.text(since))")
        }
        return ofAll + (pause.map { [$0] } ?? []) + (othersOfWatches[watch] ?? [])
    }

    private static func text(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle()) }
}
