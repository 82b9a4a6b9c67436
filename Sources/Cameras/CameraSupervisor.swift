import Concurrency
import DaemonConfiguration
import ServiceLifecycle
import Synchronization

/// Runs one `Camera` for each configured camera. A reload restarts only the cameras whose settings changed.
package final class CameraSupervisor: Service {
    package let registry: CameraRegistry
    private let makeCamera: @Sendable (CameraSettings) -> Camera
    private let wakeSignal = WakeSignal()
    private let state = Mutex(State())

    private struct State {
        /// In the order of the configuration.
        var cameras: [Camera] = []
        /// Cameras that have not been started, each with the cameras that must have ended before: many cameras accept
        /// only one connection, and a file must have only one writer.
        var pending: [(camera: Camera, predecessors: [Camera])] = []
        /// Cameras that were asked to stop and still run.
        var ending: [Camera] = []
    }

    /// - Parameter makeCamera: creates a camera that does not run yet.
    package init(
        _ cameras: [CameraSettings], registry: CameraRegistry,
        makeCamera: @escaping @Sendable (CameraSettings) -> Camera
    ) {
        self.registry = registry
        self.makeCamera = makeCamera
        replace(cameras)
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                while !Task.isShuttingDownGracefully, !Task.isCancelled {
                    for (camera, predecessors) in drainPending() {
                        group.addTask { await self.run(camera, after: predecessors) }
                    }
                    await wakeSignal.wait(atMost: nil, clock: ContinuousClock())
                }
                // Each camera finishes its last segment within a bounded time.
                for camera in state.withLock({ $0.cameras }) { camera.stop() }
            }
        } onGracefulShutdown: {
            self.wakeSignal.notify()
        }
    }

    /// Applies new settings.
    package func replace(_ wanted: [CameraSettings]) {
        state.withLock { state in
            let old = state.cameras
            for camera in old where !wanted.contains(camera.settings) {
                camera.stop()
                state.ending.append(camera)
            }
            state.cameras = wanted.map { settings in
                if let camera = old.first(where: { $0.settings == settings }) { return camera }
                let camera = makeCamera(settings)
                state.pending.append((camera, state.ending.filter { $0.settings.conflicts(with: settings) }))
                return camera
            }
            registry.replace(state.cameras.map(\.entry))
        }
        wakeSignal.notify()
    }

    /// The object that runs each camera; a restarted camera has a new one.
    var identities: [String: ObjectIdentifier] {
        let pairs = state.withLock { $0.cameras }.map { ($0.settings.name, ObjectIdentifier($0)) }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private func drainPending() -> [(camera: Camera, predecessors: [Camera])] {
        state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
    }

    private func run(_ camera: Camera, after predecessors: [Camera]) async {
        for camera in predecessors { await camera.ended() }
        await camera.run()
        state.withLock { $0.ending.removeAll { $0 === camera } }
    }
}

extension CameraSettings {
    /// Whether the two cameras cannot run at the same time.
    fileprivate func conflicts(with other: CameraSettings) -> Bool {
        let paths = Set((folders + files).map(\.path))
        return name == other.name || url == other.url || (publish != nil && publish == other.publish)
            || (other.folders + other.files).contains { paths.contains($0.path) }
    }
}
