import Foundation

/// Of which jobs no further one begins, because a person wants it so.
public struct JobPauses: Sendable, Hashable {
    /// Since when all jobs are paused; nil if not all are.
    public var all: Date?
    /// Since when the jobs of single watched folders are paused, by the folders' names.
    public var watches: [String: Date]

    public init(all: Date? = nil, watches: [String: Date] = [:]) {
        self.all = all
        self.watches = watches
    }

    public var isEmpty: Bool { all == nil && watches.isEmpty }
}
