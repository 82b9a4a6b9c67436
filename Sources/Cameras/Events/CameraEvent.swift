import Events
import FoundationEssentials
import Pipeline

/// The start or the end of an event as sinks receive it: a line of the file, the webhook's body, the hook's
/// environment.
package struct CameraEvent: Sendable, Equatable, Codable, Identifiable {
    /// Unique to one event; the same at its start and its end.
    package var id: String
    package var camera: String
    package var kind: EventKind
    /// For an event of a zone: the zone's name, and its share of the window's heat, 0…1.
    var zone: String?
    package var share: Double?
    package var state: EventTransition.State
    /// When the event began or ended by the wall clock: ISO 8601 with milliseconds in UTC, and seconds since 1970.
    package var time: String
    var unix: Double
    /// The connection's number, from 1, and the seconds since its first frame.
    package var connection: Int
    var sourceTime: Double
    /// The network's answer: its label if the model has labels, the class index from 0, and its probability, 0…1.
    package var label: String?
    var classIndex: Int
    package var probability: Double
    /// The mean saliency mass of a frame, in the gradient's units, and the bound that the mass or the zone's share
    /// crossed.
    package var mass: Double
    var threshold: Double?
    /// The paths of the event's clip and still, which exist once they are complete.
    package var clip: String?
    var still: String?

    package enum CodingKeys: String, CodingKey {
        case id, camera, kind, zone, share, state, time, unix, connection
        case sourceTime = "source_time"
        case label
        case classIndex = "class"
        case probability, mass, threshold, clip, still
    }

    package init(_ transition: EventTransition, camera: String, files: EventFiles?) {
        let moment = EventTimestamp(transition.time)
        id = "\(camera)-\(EventTimestamp(transition.began).compact)-\(transition.number)"
        self.camera = camera
        kind = transition.kind
        zone = transition.zone
        share = transition.zone.flatMap { name in transition.window.zones.first { $0.name == name }?.share }
        state = transition.state
        time = moment.iso8601
        unix = moment.seconds
        connection = transition.window.connection
        sourceTime = transition.sourceTime
        label = transition.window.label
        classIndex = transition.window.classIndex
        probability = transition.window.probability
        mass = transition.window.mass
        threshold = transition.threshold
        clip = files?.clip
        still = files?.still
    }
}

extension CameraEvent: Event {
    package var origin: (kind: String, name: String) { ("camera", camera) }

    package var variables: [(name: String, value: String?)] {
        [
            ("ID", id), ("CAMERA", camera), ("KIND", kind.rawValue), ("ZONE", zone),
            ("SHARE", share.map { "\($0)" }), ("STATE", state.rawValue), ("TIME", time),
            ("UNIX", "\(unix)"), ("CONNECTION", "\(connection)"), ("SOURCE_TIME", "\(sourceTime)"), ("LABEL", label),
            ("CLASS", "\(classIndex)"), ("PROBABILITY", "\(probability)"), ("MASS", "\(mass)"),
            ("THRESHOLD", threshold.map { "\($0)" }), ("CLIP", clip), ("STILL", still),
        ]
    }
}

/// The kind of condition that made an event.
package enum EventKind: String, Sendable, Codable, CaseIterable {
    /// The network's answer is one of the selected classes.
    case `class`
    /// The network's answer changed to another class.
    case change
    case massAbove = "mass-above"
    case massBelow = "mass-below"
    /// A zone's share of the heat reached its bound.
    case zone
}

/// The start or the end of an event, as detected in the windows.
package struct EventTransition: Sendable, Equatable {
    package enum State: String, Sendable, Codable {
        case began
        case ended
    }

    /// The event's number, the same at its start and its end; from 1, in the order in which events start.
    package var number: Int
    package var kind: EventKind
    /// For an event of a zone: the zone's name.
    var zone: String?
    package var state: State
    /// When the condition began by the wall clock, in seconds since 1970; the same at the event's end.
    package var began: Double
    /// At the start, when the condition began; at the end, the end of the last window in which it held. By the wall
    /// clock, and in seconds since the connection's first frame.
    package var time: Double
    var sourceTime: Double
    /// The bound that the mass or the share reached.
    var threshold: Double?
    /// At the start, the window with which the condition became an event; at the end, the last window in which it held.
    package var window: LiveWindow
}
