import Glibc

/// Runs an executable for each event, one at a time, with the event in its environment and nothing else of the daemon's.
struct EventHook: EventSink {
    let name = "hook"
    let capacity = 20
    /// The executable's path.
    let path: String
    /// Where the executable finds others.
    let searchPath: String
    let clock: any Clock<Duration>
    /// What has not ended by then is killed, with everything that it started.
    let patience: Duration

    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    init(
        path: String, searchPath: String, clock: any Clock<Duration> = ContinuousClock(),
        patience: Duration = .seconds(60)
    ) {
        self.path = path
        self.searchPath = searchPath
        self.clock = clock
        self.patience = patience
    }

    func take(_ event: CameraEvent) async throws {
        let child: ChildProcess
        do {
            child = try ChildProcess(path: path, environment: Self.environment(of: event, searchPath: searchPath))
        } catch {
            throw Failure(description: "the hook \(path) cannot be run: \(String(cString: strerror(error.code)))")
        }
        let isLate = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                guard (try? await clock.sleep(for: patience)) != nil else { return false }
                return child.kill()
            }
            await child.wait()
            group.cancelAll()
            return await group.next() ?? false
        }
        switch child.end {
        case .exited(0): return
        case .exited(let status): throw Failure(description: "the hook \(path) ended with status \(status)")
        case .signalled(SIGKILL) where isLate:
            throw Failure(description: "the hook \(path) was killed, it took longer than \(patience)")
        case .signalled(let signal), .stillRunning(let signal):
            throw Failure(description: "the hook \(path) was ended by signal \(signal)")
        }
    }

    /// `SALIENCYD_EVENT_…` for all that the event has, and `PATH`.
    static func environment(of event: CameraEvent, searchPath: String) -> [String: String] {
        let values: [(String, String?)] = [
            ("ID", event.id), ("CAMERA", event.camera), ("KIND", event.kind.rawValue), ("STATE", event.state.rawValue),
            ("TIME", event.time), ("UNIX", "\(event.unix)"), ("EPOCH", "\(event.epoch)"),
            ("SOURCE_TIME", "\(event.sourceTime)"), ("LABEL", event.label), ("CLASS", "\(event.classIndex)"),
            ("PROBABILITY", "\(event.probability)"), ("MASS", "\(event.mass)"),
            ("THRESHOLD", event.threshold.map { "\($0)" }), ("CLIP", event.clip), ("STILL", event.still),
        ]
        var environment = ["PATH": searchPath]
        for case (let name, let value?) in values { environment["SALIENCYD_EVENT_\(name)"] = value }
        return environment
    }
}
