import CoreMetrics
import Pipeline
import Synchronization

/// One camera's events, from its windows to the sinks. Nothing here waits: it is called on the camera's threads.
final class CameraEvents: Sendable {
    /// Where clips and stills go, and who makes the clips.
    struct Clips: Sendable {
        /// Without a slash at its end.
        var folder: String
        /// Seconds after the window that made it an event.
        var postRoll: Double
        /// Asks for a clip, from before now until a moment of the wall clock in seconds since 1970, under this name.
        var record: @Sendable (_ path: String, _ until: Double) -> Void
    }

    private struct State {
        var detector: EventDetector
        /// Of the events that go on, by their numbers.
        var files: [Int: EventFiles] = [:]
        /// The newest names given, whose files may not be there yet.
        var names: [String] = []
    }

    let camera: String
    private let state: Mutex<State>
    private let clips: Clips?
    private let deliver: @Sendable (CameraEvent) -> Void

    private static let namesKept = 64

    /// - Parameters:
    ///   - clips: nil for a camera whose events have none.
    ///   - deliver: takes each event; must not wait.
    init(camera: String, rules: EventRules, clips: Clips?, deliver: @escaping @Sendable (CameraEvent) -> Void) {
        self.camera = camera
        self.clips = clips
        self.deliver = deliver
        state = Mutex(State(detector: EventDetector(rules)))
    }

    /// Takes the camera's next window.
    func add(_ window: LiveWindow) {
        report { $0.add(window) }
    }

    /// Ends the events that go on, where the camera ends.
    func end() {
        report { $0.reset() }
    }

    private func report(_ look: (inout EventDetector) -> [EventSighting]) {
        // Atomically, so that events are told in their order whichever thread brings the windows.
        let begun = state.withLock { state in
            var begun: [(files: EventFiles, until: Double)] = []
            for sighting in look(&state.detector) {
                let files = files(of: sighting, &state)
                deliver(CameraEvent(sighting, camera: camera, files: files))
                guard sighting.state == .began else { continue }
                Counter(
                    label: "saliencyd_events", dimensions: [("camera", camera), ("kind", sighting.kind.rawValue)]
                ).increment()
                if let files, let clips { begun.append((files, sighting.window.end + clips.postRoll)) }
            }
            return begun
        }
        for (files, until) in begun { clips?.record(files.clip, until) }
    }

    private func files(of sighting: EventSighting, _ state: inout State) -> EventFiles? {
        if sighting.state == .ended { return state.files.removeValue(forKey: sighting.number) }
        guard let clips else { return nil }
        let files = EventFiles(folder: clips.folder, camera: camera, sighting: sighting, taken: Set(state.names))
        state.files[sighting.number] = files
        state.names = state.names.suffix(Self.namesKept - 1) + [files.name]
        return files
    }
}
