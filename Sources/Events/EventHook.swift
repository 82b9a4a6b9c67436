import FoundationEssentials
import Glibc

/// Runs an executable for each event, one at a time, with the event in its environment and nothing else of the daemon's.
struct EventHook<Delivered: Event>: EventSink {
    let name = "hook"
    let capacity = 20
    /// The executable's path.
    let path: String
    /// Where the executable finds others.
    let searchPath: String
    let clock: any Clock<Duration>
    /// What has not ended by then is killed, with everything that it started.
    let timeout: Duration

    /// The daemon's own.
    static var usualSearchPath: String {
        ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    }

    init(
        path: String, searchPath: String? = nil, clock: any Clock<Duration> = ContinuousClock(),
        timeout: Duration = .seconds(60)
    ) {
        self.path = path
        self.searchPath = searchPath ?? Self.usualSearchPath
        self.clock = clock
        self.timeout = timeout
    }

    func deliver(_ event: Delivered) async throws {
        let child: ChildProcess
        do {
            child = try ChildProcess(path: path, environment: Self.environment(of: event, searchPath: searchPath))
        } catch {
            throw HookFailure(description: "the hook \(path) cannot be run: \(String(cString: strerror(error.code)))")
        }
        let isLate = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                guard (try? await clock.sleep(for: timeout)) != nil else { return false }
                return child.kill()
            }
            await child.wait()
            group.cancelAll()
            return await group.next() ?? false
        }
        switch child.end {
        case .exited(0): return
        case .exited(let status): throw HookFailure(description: "the hook \(path) ended with status \(status)")
        case .signalled(SIGKILL) where isLate:
            throw HookFailure(description: "the hook \(path) was killed, it took longer than \(timeout)")
        case .signalled(let signal), .stillRunning(let signal):
            throw HookFailure(description: "the hook \(path) was ended by signal \(signal)")
        }
    }

    /// `SALIENCYD_EVENT_…` for all that the event has, and `PATH`.
    static func environment(of event: Delivered, searchPath: String) -> [String: String] {
        var environment = ["PATH": searchPath]
        for case (let name, let value?) in event.variables { environment["SALIENCYD_EVENT_\(name)"] = value }
        return environment
    }
}

/// Why a program did not take an event, in one clause.
private struct HookFailure: Error, CustomStringConvertible {
    var description: String
}
