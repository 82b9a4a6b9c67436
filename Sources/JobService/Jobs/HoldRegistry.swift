import Concurrency
import DaemonConfiguration
import Files
import FoundationEssentials
import Glibc
import Jobs
import Pipeline
import Synchronization

/// What holds up queued jobs beside a person's word: the time of day, and full disks.
package final class HoldRegistry: Sendable {
    private struct State {
        var limits: HoldLimits
        /// Of the last look.
        var shortOfState: JobHold?
        var shortOfOutput: [String: JobHold] = [:]
        var isMeasuring = false
    }

    /// For disks that do not answer.
    package static let timeout = Duration.seconds(2)

    /// Rings when a reload may have let jobs go on; the job runner waits at it.
    package let wakeSignal = WakeSignal()
    private let dropFolders: DropFolderRegistry
    private let stateFolder: String
    private let now: @Sendable () -> Date
    private let calendar: @Sendable () -> Calendar
    private let space: @Sendable (String) -> Int64?
    private let clock: any Clock<Duration>
    private let state: Mutex<State>

    /// - Parameters:
    ///   - calendar: has the time zone that quiet hours go by.
    ///   - space: bytes that are free at a folder; may block.
    package init(
        dropFolders: DropFolderRegistry, limits: HoldLimits, stateFolder: String,
        now: @escaping @Sendable () -> Date = { Date() },
        calendar: @escaping @Sendable () -> Calendar = { .local(at: Date()) },
        space: @escaping @Sendable (String) -> Int64? = FreeSpace.bytes,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.dropFolders = dropFolders
        self.stateFolder = stateFolder
        self.now = now
        self.calendar = calendar
        self.space = space
        self.clock = clock
        state = Mutex(State(limits: limits))
    }

    package func replace(_ limits: HoldLimits) {
        state.withLock { $0.limits = limits }
        wakeSignal.notify()
    }

    /// Measures the disks again, and waits a moment for that. While one does not answer, what was found last counts, and no other
    /// thread is spent on it.
    package func look() async {
        let floor = state.withLock { state -> Int64? in
            guard state.limits.freeSpace > 0 else {
                state.shortOfState = nil
                state.shortOfOutput = [:]
                return nil
            }
            guard !state.isMeasuring else { return nil }
            state.isMeasuring = true
            return state.limits.freeSpace
        }
        guard let floor else { return }
        let measured = WakeSignal()
        Task {
            // The body throws nothing.
            try? await DedicatedThread.run(name: "free space", onCancel: {}) { self.measure(floor) }
            measured.notify()
        }
        await measured.wait(atMost: Self.timeout, clock: clock)
    }

    /// Blocks for as long as the slowest disk takes.
    private func measure(_ floor: Int64) {
        let ofState = shortage(stateFolder, floor)
        var ofOutput: [String: JobHold] = [:]
        for dropFolder in dropFolders.all { ofOutput[dropFolder.name] = shortage(dropFolder.output, floor) }
        state.withLock { state in
            state.isMeasuring = false
            // A reload may have asked for nothing meanwhile.
            guard state.limits.freeSpace > 0 else { return }
            state.shortOfState = ofState
            state.shortOfOutput = ofOutput
        }
    }

    private func shortage(_ folder: String, _ floor: Int64) -> JobHold? {
        guard let free = space(folder), free < floor else { return nil }
        return JobHold(
            reason: .freeSpace,
            message: "\(folder) has \(ByteSize.text(free)) free, and free-space keeps \(ByteSize.text(floor))")
    }

    /// What holds up jobs now, with the disks as `look` found them.
    ///
    /// - Parameter pauses: as the ledger has them.
    package func holds(_ pauses: JobPauses = JobPauses()) -> JobHolds {
        let (limits, shortOfState, shortOfOutput) = state.withLock { ($0.limits, $0.shortOfState, $0.shortOfOutput) }
        let (time, calendar) = (now(), calendar())
        func quiet(_ hours: QuietHours?) -> JobHold? {
            guard let hours, hours.contains(time, calendar: calendar) else { return nil }
            return JobHold(reason: .quietHours, message: "no job begins in the quiet hours, \(hours.text)")
        }
        var holds = JobHolds(pauses: pauses)
        holds.others = [quiet(limits.quietHours), shortOfState].compactMap(\.self)
        for dropFolder in dropFolders.all {
            let own = [quiet(dropFolder.quietHours), shortOfOutput[dropFolder.name]].compactMap(\.self)
            if !own.isEmpty { holds.othersOfDropFolders[dropFolder.name] = own }
        }
        return holds
    }
}

/// How much room there is on a disk.
enum FreeSpace {
    /// Bytes that this process may still write below a folder, or below the nearest one above it that is there; nil where the
    /// system does not say. Blocks.
    static func bytes(at folder: String) -> Int64? {
        var path = Substring(folder)
        var status = statvfs()
        while statvfs((path.isEmpty ? "/" : String(path)).fileBytes, &status) != 0 {
            guard errno == ENOENT || errno == ENOTDIR, let slash = path.lastIndex(of: "/") else { return nil }
            path = path[..<slash]
        }
        let (bytes, isTooMuch) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isTooMuch ? .max : Int64(clamping: bytes)
    }
}
