import FoundationEssentials
import Jobs

/// The reasons for which queued jobs are held.
package struct JobHolds: Sendable, Equatable {
    package var pauses = JobPauses()
    /// Holds of all jobs, without pauses.
    package var others: [JobHold] = []
    /// Holds of single drop folders' jobs, without pauses.
    package var othersOfDropFolders: [String: [JobHold]] = [:]

    package init(
        pauses: JobPauses = JobPauses(), others: [JobHold] = [], othersOfDropFolders: [String: [JobHold]] = [:]
    ) {
        self.pauses = pauses
        self.others = others
        self.othersOfDropFolders = othersOfDropFolders
    }

    /// All holds that apply to all jobs.
    package var ofAll: [JobHold] {
        let pause = pauses.all.map { since in
            JobHold(reason: .paused, message: "all jobs have been paused since \(Self.text(since))")
        }
        return (pause.map { [$0] } ?? []) + others
    }

    /// All holds that apply to a drop folder's jobs.
    package func of(_ dropFolder: String?) -> [JobHold] {
        guard let dropFolder else { return ofAll }
        let pause = pauses.dropFolders[dropFolder].map { since in
            JobHold(reason: .paused, message: "the drop folder \(dropFolder) has been paused since \(Self.text(since))")
        }
        return ofAll + (pause.map { [$0] } ?? []) + (othersOfDropFolders[dropFolder] ?? [])
    }

    private static func text(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle()) }
}

/// A reason for which queued jobs are not started although there is capacity.
package struct JobHold: Sendable, Hashable, Codable {
    package enum Reason: String, Sendable, Codable, CaseIterable {
        /// A person has paused them.
        case paused
        /// The quiet hours have begun.
        case quietHours = "quiet-hours"
        /// A disk is nearly full.
        case freeSpace = "free-space"
    }

    /// For programs.
    package var reason: Reason
    /// One clause.
    package var message: String
}
