import Foundation
import Jobs

/// What holds up queued jobs at a moment.
struct JobHolds: Sendable {
    var pauses = JobPauses()

    /// What holds up all jobs.
    var ofAll: [JobHold] {
        guard let since = pauses.all else { return [] }
        return [JobHold(reason: .paused, message: "all jobs are paused since \(Self.text(since))")]
    }

    /// What holds up the jobs of a watch.
    func of(_ watch: String?) -> [JobHold] {
        var holds = ofAll
        if let watch, let since = pauses.watches[watch] {
            holds.append(JobHold(reason: .paused, message: "the watch \(watch) is paused since \(Self.text(since))"))
        }
        return holds
    }

    private static func text(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle()) }
}
