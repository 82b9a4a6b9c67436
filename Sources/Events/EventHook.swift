import FoundationEssentials
import Glibc

/// Runs an executable for each event, one at a time, with only the event and `PATH` in its environment.
struct EventHook<Delivered: Event>: EventSink {
    let name = "hook"
    let capacity = 20
    /// The executable's path.
    let path: String
    /// The executable's `PATH`.
    let searchPath: String
    let clock: any Clock<Duration>
    /// After this time the program is killed, with everything it started.
    let timeout: Duration

    /// The daemon's own `PATH`.
    static var defaultSearchPath: String {
        ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    }

    init(
        path: String, searchPath: String? = nil, clock: any Clock<Duration> = ContinuousClock(),
        timeout: Duration = .seconds(60)
    ) {
        self.path = path
        self.searchPath = searchPath ?? Self.defaultSearchPath
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
            throw HookFailure(description: "the hook \(path) was killed because it took longer than \(timeout)")
        case .signalled(let signal), .stillRunning(let signal):
            throw HookFailure(description: "the hook \(path) was ended by signal \(signal)")
        }
    }

    /// `PATH`, and one variable `SALIENCYD_EVENT_…` for each value of the event.
    static func environment(of event: Delivered, searchPath: String) -> [String: String] {
        var environment = ["PATH": searchPath]
        for case (let name, let value?) in event.variables { environment["SALIENCYD_EVENT_\(name)"] = value }
        return environment
    }
}

/// Why an event was not delivered to a program, as one clause.
private struct HookFailure: Error, CustomStringConvertible {
    var description: String
}
