import Cameras
import DaemonConfiguration
import Events
import Files
import JobService
import Jobs
import Synchronization

/// Publishes the states and events of cameras and jobs under their topics.
///
/// Clears the topics of removed cameras and does not set them again.
package final class MQTTTopicStore: Sendable {
    /// The properties of a camera that determine its topics.
    package struct Camera: Sendable, Equatable {
        package var name: String
        /// Whether the camera has an event condition.
        var hasEvents: Bool
    }

    private struct State {
        var cameras: [Camera] = []
        /// The identifiers of current events, by camera.
        var events: [String: Set<String>] = [:]
    }

    let topics: MQTTTopics
    let outbox: MQTTOutbox
    private let discovery: MQTTDiscovery?
    private let state = Mutex(State())

    package init(_ settings: MQTTSettings, outbox: MQTTOutbox) {
        topics = MQTTTopics(settings)
        self.outbox = outbox
        discovery = settings.hasDiscovery ? MQTTDiscovery(settings) : nil
        for message in discovery?.daemon ?? [] { outbox.set(message.topic, message.payload) }
    }

    /// Replaces the cameras.
    package func replace(_ cameras: [Camera]) {
        state.withLock { state in
            guard cameras != state.cameras else { return }
            for old in state.cameras where !cameras.contains(old) {
                var removed = Set(topics(of: old))
                if let camera = cameras.first(where: { $0.name == old.name }) { removed.subtract(topics(of: camera)) }
                for topic in removed.sorted() { outbox.clear(topic) }
            }
            state.cameras = cameras
            for camera in cameras {
                for message in discovery?.entities(of: camera) ?? [] { outbox.set(message.topic, message.payload) }
                if camera.hasEvents { showActivity(of: camera.name, state) }
            }
        }
    }

    /// - Parameter json: the camera's health.
    package func show(_ camera: String, state json: [UInt8]) {
        set(topics.state(of: camera), json, of: camera)
    }

    package func show(_ camera: String, snapshot jpeg: [UInt8]) {
        set(topics.snapshot(of: camera), jpeg, of: camera)
    }

    /// - Parameter counts: the number of jobs in the ledger in each state.
    package func show(_ counts: [JobState: Int]) {
        let pairs = JobState.allCases.map { ($0.rawValue, counts[$0] ?? 0) }
        let json = JSONLine.text(Dictionary(pairs, uniquingKeysWith: { $1 }))
        outbox.set(topics.jobState, Array(json.utf8))
    }

    package func publish(_ event: CameraEvent) {
        outbox.add(topics.event(of: event.camera), event.json())
        state.withLock { state in
            switch event.state {
            case .began: state.events[event.camera, default: []].insert(event.id)
            case .ended:
                state.events[event.camera]?.remove(event.id)
                if state.events[event.camera]?.isEmpty == true { state.events[event.camera] = nil }
            }
            guard state.cameras.contains(where: { $0.name == event.camera && $0.hasEvents }) else { return }
            showActivity(of: event.camera, state)
        }
    }

    package func publish(_ event: JobEvent) {
        outbox.add(topics.jobEvent, event.json())
    }

    private func showActivity(of camera: String, _ state: State) {
        let isActive = state.events[camera] != nil
        outbox.set(topics.activity(of: camera), isActive ? MQTTTopics.on : MQTTTopics.off)
    }

    private func set(_ topic: String, _ payload: [UInt8], of camera: String) {
        state.withLock { state in
            guard state.cameras.contains(where: { $0.name == camera }) else { return }
            outbox.set(topic, payload)
        }
    }

    /// The camera's retained topics.
    private func topics(of camera: Camera) -> [String] {
        let own = [topics.state(of: camera.name), topics.snapshot(of: camera.name)]
        let activity = camera.hasEvents ? [topics.activity(of: camera.name)] : []
        return own + activity + (discovery?.entities(of: camera).map(\.topic) ?? [])
    }
}

/// Publishes a camera's events and its activity.
package struct MQTTCameraEvents: EventSink {
    package let name = "mqtt"
    package let capacity = 1000
    package let topicStore: MQTTTopicStore

    package init(
        topicStore: MQTTTopicStore
    ) {
        self.topicStore = topicStore
    }

    package func deliver(_ event: CameraEvent) async throws {
        topicStore.publish(event)
    }
}

/// Publishes the ends of jobs.
package struct MQTTJobEvents: EventSink {
    package let name = "mqtt"
    package let capacity = 1000
    package let topicStore: MQTTTopicStore

    package init(
        topicStore: MQTTTopicStore
    ) {
        self.topicStore = topicStore
    }

    package func deliver(_ event: JobEvent) async throws {
        topicStore.publish(event)
    }
}
