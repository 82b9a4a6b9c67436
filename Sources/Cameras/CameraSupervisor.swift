import Concurrency
import DaemonConfiguration
import ServiceLifecycle
import Synchronization

/// Runs a `Camera` for each that is set; a reload restarts those whose settings changed, and no others.
package final class CameraSupervisor: Service {
    package let registry: CameraRegistry
    private let make: @Sendable (CameraSettings) -> Camera
    private let wakeSignal = WakeSignal()
    private let state = Mutex(State())

    private struct State {
        /// In the order of the configuration.
        var cameras: [Camera] = []
        /// Not run yet, each with those that have to be over before: many cameras have one connection to give, and a file
        /// has one writer.
        var new: [(camera: Camera, before: [Camera])] = []
        /// Told to stop, and not over yet.
        var ending: [Camera] = []
    }

    /// - Parameter make: a camera that does not run yet.
    package init(
        _ cameras: [CameraSettings], registry: CameraRegistry, make: @escaping @Sendable (CameraSettings) -> Camera
    ) {
        self.registry = registry
        self.make = make
        replace(cameras)
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                while !Task.isShuttingDownGracefully, !Task.isCancelled {
                    for (camera, before) in takeNew() {
                        group.addTask { await self.run(camera, after: before) }
                    }
                    await wakeSignal.wait(atMost: nil, clock: ContinuousClock())
                }
                // Each ends its last segment in its own time, which is bounded.
                for camera in state.withLock({ $0.cameras }) { camera.stop() }
            }
        } onGracefulShutdown: {
            self.wakeSignal.notify()
        }
    }

    /// Goes over to other settings.
    package func replace(_ wanted: [CameraSettings]) {
        state.withLock { state in
            let old = state.cameras
            for camera in old where !wanted.contains(camera.settings) {
                camera.stop()
                state.ending.append(camera)
            }
            state.cameras = wanted.map { settings in
                if let camera = old.first(where: { $0.settings == settings }) { return camera }
                let camera = make(settings)
                state.new.append((camera, state.ending.filter { $0.settings.sharesSomething(with: settings) }))
                return camera
            }
            registry.replace(state.cameras.map(\.entry))
        }
        wakeSignal.notify()
    }

    /// Which object runs which camera: a restarted one is another.
    var identities: [String: ObjectIdentifier] {
        let pairs = state.withLock { $0.cameras }.map { ($0.settings.name, ObjectIdentifier($0)) }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private func takeNew() -> [(camera: Camera, before: [Camera])] {
        state.withLock { state in
            defer { state.new = [] }
            return state.new
        }
    }

    private func run(_ camera: Camera, after before: [Camera]) async {
        for camera in before { await camera.ended() }
        await camera.run()
        state.withLock { $0.ending.removeAll { $0 === camera } }
    }
}

extension CameraSettings {
    /// Whether the two cannot run at the same time.
    fileprivate func sharesSomething(with other: CameraSettings) -> Bool {
        let paths = Set((folders + files).map(\.path))
        return name == other.name || url == other.url || (publish != nil && publish == other.publish)
            || (other.folders + other.files).contains { paths.contains($0.path) }
    }
}
