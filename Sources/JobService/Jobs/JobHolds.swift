import FoundationEssentials
import Jobs

/// What holds up queued jobs at a moment.
package struct JobHolds: Sendable, Equatable {
    package var pauses = JobPauses()
    /// What holds up all jobs beside a pause.
    package var others: [JobHold] = []
    /// What holds up the jobs of single drop folders beside a pause.
    package var othersOfDropFolders: [String: [JobHold]] = [:]

    package init(
        pauses: JobPauses = JobPauses(), others: [JobHold] = [], othersOfDropFolders: [String: [JobHold]] = [:]
    ) {
        self.pauses = pauses
        self.others = others
        self.othersOfDropFolders = othersOfDropFolders
    }

    /// What holds up all jobs.
    package var ofAll: [JobHold] {
        let pause = pauses.all.map { since in
            JobHold(reason: .paused, message: "all jobs have been paused since \(Self.text(since))")
        }
        return (pause.map { [$0] } ?? []) + others
    }

    /// What holds up the jobs of a drop folder.
    package func of(_ dropFolder: String?) -> [JobHold] {
        guard let dropFolder else { return ofAll }
        let pause = pauses.dropFolders[dropFolder].map { since in
            JobHold(reason: .paused, message: "the drop folder \(dropFolder) has been paused since \(Self.text(since))")
        }
        return ofAll + (pause.map { [$0] } ?? []) + (othersOfDropFolders[dropFolder] ?? [])
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
