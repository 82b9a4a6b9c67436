import Concurrency
import DaemonConfiguration
import Files
import FoundationEssentials
import Glibc
import Jobs
import Pipeline
import Synchronization

/// Determines which queued jobs are held by quiet hours and full disks, in addition to pauses.
package final class HoldRegistry: Sendable {
    private struct State {
        var limits: HoldLimits
        /// The result of the last measurement.
        var shortOfState: JobHold?
        var shortOfOutput: [String: JobHold] = [:]
        var isMeasuring = false
    }

    /// The time limit for disks that do not respond.
    package static let timeout = Duration.seconds(2)

    /// Notified when a reload may have released jobs; the job runner waits for it.
    package let wakeSignal = WakeSignal()
    private let dropFolders: DropFolderRegistry
    private let stateFolder: String
    private let now: @Sendable () -> Date
    private let calendar: @Sendable () -> Calendar
    private let space: @Sendable (String) -> Int64?
    private let clock: any Clock<Duration>
    private let state: Mutex<State>

    /// - Parameters:
    ///   - calendar: provides the time zone of quiet hours.
    ///   - space: the free space at a folder in bytes; may block.
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

    /// Measures the free space again, and waits a moment for the result. While a disk does not respond, the last result
    /// is used and no further thread is started.
    package func measureFreeSpace() async {
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
            // The body does not throw.
            try? await DedicatedThread.run(name: "free space", onCancel: {}) { self.measure(floor) }
            measured.notify()
        }
        await measured.wait(atMost: Self.timeout, clock: clock)
    }

    /// Blocks until the slowest disk has responded.
    private func measure(_ floor: Int64) {
        let ofState = shortage(stateFolder, floor)
        var ofOutput: [String: JobHold] = [:]
        for dropFolder in dropFolders.all { ofOutput[dropFolder.name] = shortage(dropFolder.output, floor) }
        state.withLock { state in
            state.isMeasuring = false
            // A reload may have removed the limit meanwhile.
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

    /// The current holds, with the free space that `measureFreeSpace` found.
    ///
    /// - Parameter pauses: the pauses in the ledger.
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

/// Free space on a disk.
enum FreeSpace {
    /// The bytes that this process may still write below a folder, or below its nearest existing ancestor; nil if the
    /// system does not tell. Blocks.
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
