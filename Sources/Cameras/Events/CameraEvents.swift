import CoreMetrics
import Pipeline
import Synchronization

/// Passes one camera's events from its windows to the sinks. Never waits, since it is called on the camera's threads.
final class CameraEvents: Sendable {
    /// The folder for clips and stills, and the function that records clips.
    struct Clips: Sendable {
        /// Without a trailing slash.
        var folder: String
        /// Seconds after the window with which the event began.
        var postRoll: Double
        /// Records a clip at this path, from before now until a time of the wall clock in seconds since 1970.
        var record: @Sendable (_ path: String, _ until: Double) -> Void
    }

    private struct State {
        var detector: EventDetector
        /// The files of events that have not ended, by the events' numbers.
        var files: [Int: EventFiles] = [:]
        /// The most recently chosen names, whose files may not exist yet.
        var recentNames: [String] = []
    }

    let camera: String
    private let state: Mutex<State>
    private let clips: Clips?
    private let deliver: @Sendable (CameraEvent) -> Void

    private static let recentNameLimit = 64

    /// - Parameters:
    ///   - clips: nil if the camera's events have no clips.
    ///   - deliver: called with each event; must not wait.
    init(camera: String, rules: EventRules, clips: Clips?, deliver: @escaping @Sendable (CameraEvent) -> Void) {
        self.camera = camera
        self.clips = clips
        self.deliver = deliver
        state = Mutex(State(detector: EventDetector(rules)))
    }

    /// Adds the camera's next window.
    func add(_ window: LiveWindow) {
        report { $0.add(window) }
    }

    /// Ends the events that have not ended; called when the camera ends.
    func end() {
        report { $0.reset() }
    }

    private func report(_ detect: (inout EventDetector) -> [EventTransition]) {
        // Under the lock, so that events are delivered in order whichever thread adds the windows.
        let begun = state.withLock { state in
            var begun: [(files: EventFiles, until: Double)] = []
            for transition in detect(&state.detector) {
                let files = files(of: transition, &state)
                deliver(CameraEvent(transition, camera: camera, files: files))
                guard transition.state == .began else { continue }
                Counter(
                    label: "saliencyd_events", dimensions: [("camera", camera), ("kind", transition.kind.rawValue)]
                ).increment()
                if let files, let clips { begun.append((files, transition.window.end + clips.postRoll)) }
            }
            return begun
        }
        for (files, until) in begun { clips?.record(files.clip, until) }
    }

    private func files(of transition: EventTransition, _ state: inout State) -> EventFiles? {
        if transition.state == .ended { return state.files.removeValue(forKey: transition.number) }
        guard let clips else { return nil }
        let files = EventFiles(
            folder: clips.folder, camera: camera, transition: transition, taken: Set(state.recentNames))
        state.files[transition.number] = files
        state.recentNames = state.recentNames.suffix(Self.recentNameLimit - 1) + [files.name]
        return files
    }
}
