import Events
import FoundationEssentials
import Pipeline

/// The begin or the end of an event as sinks receive it: a line of the file, the webhook's body, the hook's environment.
package struct CameraEvent: Sendable, Equatable, Codable, Identifiable {
    /// The same at the begin and the end of one event, and no other event's.
    package var id: String
    package var camera: String
    package var kind: EventKind
    /// Of a zone's event: its name, and what it has of the window's heat, 0…1.
    var zone: String?
    package var share: Double?
    package var state: EventSighting.State
    /// When it began, or ended, by the wall clock: ISO 8601 with milliseconds in UTC, and seconds since 1970.
    package var time: String
    var unix: Double
    /// The number of the connection, from 1, and seconds since its first frame.
    package var connection: Int
    var sourceTime: Double
    /// What the network answered: the label if the model has labels, the class's number from 0, its probability, 0…1.
    package var label: String?
    var classIndex: Int
    package var probability: Double
    /// The mean saliency mass of a frame, in the gradient's units, and the bound that it, or a zone's share, crossed.
    package var mass: Double
    var threshold: Double?
    /// Where the clip and the still of the event are, once they are complete.
    package var clip: String?
    var still: String?

    package enum CodingKeys: String, CodingKey {
        case id, camera, kind, zone, share, state, time, unix, connection
        case sourceTime = "source_time"
        case label
        case classIndex = "class"
        case probability, mass, threshold, clip, still
    }

    package init(_ sighting: EventSighting, camera: String, files: EventFiles?) {
        let moment = EventMoment(sighting.time)
        id = "\(camera)-\(EventMoment(sighting.began).compact)-\(sighting.number)"
        self.camera = camera
        kind = sighting.kind
        zone = sighting.zone
        share = sighting.zone.flatMap { name in sighting.window.zones.first { $0.name == name }?.share }
        state = sighting.state
        time = moment.iso8601
        unix = moment.seconds
        connection = sighting.window.connection
        sourceTime = sighting.sourceTime
        label = sighting.window.label
        classIndex = sighting.window.classIndex
        probability = sighting.window.probability
        mass = sighting.window.mass
        threshold = sighting.threshold
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

/// What an event is about.
package enum EventKind: String, Sendable, Codable, CaseIterable {
    /// The network answers with a class that is looked for.
    case `class`
    /// The network's answer became another class.
    case change
    case massAbove = "mass-above"
    case massBelow = "mass-below"
    /// A zone has so much of the heat.
    case zone
}

/// The begin or the end of an event, as the windows show it.
package struct EventSighting: Sendable, Equatable {
    package enum State: String, Sendable, Codable {
        case began
        case ended
    }

    /// The event's, the same at its begin and its end; from 1, in the order of the begins.
    package var number: Int
    package var kind: EventKind
    /// Of a zone's event: its name.
    var zone: String?
    package var state: State
    /// When the condition began, by the wall clock, in seconds since 1970: the same at the event's end.
    package var began: Double
    /// Where the condition began, or the end of the last window in which it held; by the wall clock, and in seconds since the
    /// connection's first frame.
    package var time: Double
    var sourceTime: Double
    /// The bound that the mass or the share crossed.
    var threshold: Double?
    /// The window that made it an event; at the end, the last one in which the condition held.
    package var window: LiveWindow
}
