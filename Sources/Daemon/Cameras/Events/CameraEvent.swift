import Foundation

/// The begin or the end of an event as everybody is told of it: a line of the file, the webhook's body, the hook's environment.
struct CameraEvent: Sendable, Equatable, Codable, Identifiable {
    /// The same at the begin and the end of one event, and no other event's.
    var id: String
    var camera: String
    var kind: EventKind
    /// Of a zone's event: its name, and what it has of the window's heat, 0…1.
    var zone: String?
    var share: Double?
    var state: EventSighting.State
    /// When it began, or ended, by the wall clock: ISO 8601 with milliseconds in UTC, and seconds since 1970.
    var time: String
    var unix: Double
    /// The number of the connection, from 1, and seconds since its first picture.
    var epoch: Int
    var sourceTime: Double
    /// What the network answered: the label if the model has labels, the class's number from 0, its probability, 0…1.
    var label: String?
    var classIndex: Int
    var probability: Double
    /// The mean saliency mass of a picture, in the gradient's units, and the bound that it, or a zone's share, crossed.
    var mass: Double
    var threshold: Double?
    /// Where the clip and the still of the event are, once they are complete.
    var clip: String?
    var still: String?

    enum CodingKeys: String, CodingKey {
        case id, camera, kind, zone, share, state, time, unix, epoch
        case sourceTime = "source_time"
        case label
        case classIndex = "class"
        case probability, mass, threshold, clip, still
    }

    init(_ sighting: EventSighting, camera: String, files: EventFiles?) {
        let moment = EventMoment(sighting.time)
        id = "\(camera)-\(EventMoment(sighting.began).compact)-\(sighting.number)"
        self.camera = camera
        kind = sighting.kind
        zone = sighting.zone
        share = sighting.zone.flatMap { name in sighting.window.zones.first { $0.name == name }?.share }
        state = sighting.state
        time = moment.iso8601
        unix = moment.seconds
        epoch = sighting.window.epoch
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
    var origin: (kind: String, name: String) { ("camera", camera) }

    var variables: [(name: String, value: String?)] {
        [
            ("ID", id), ("CAMERA", camera), ("KIND", kind.rawValue), ("ZONE", zone),
            ("SHARE", share.map { "\($0)" }), ("STATE", state.rawValue), ("TIME", time),
            ("UNIX", "\(unix)"), ("EPOCH", "\(epoch)"), ("SOURCE_TIME", "\(sourceTime)"), ("LABEL", label),
            ("CLASS", "\(classIndex)"), ("PROBABILITY", "\(probability)"), ("MASS", "\(mass)"),
            ("THRESHOLD", threshold.map { "\($0)" }), ("CLIP", clip), ("STILL", still),
        ]
    }
}
