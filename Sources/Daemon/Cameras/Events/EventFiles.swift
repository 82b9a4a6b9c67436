import Glibc

/// The names of an event's clip and still.
struct EventFiles: Sendable, Equatable {
    let clip: String
    let still: String

    /// Names that are looked through where the first is taken.
    private static let mostNames = 100

    /// `FOLDER/CAMERA-20261126T142301Z-KIND.mp4` and `.jpg`, or `…-zone-NAME` for a zone's, with `-2`, `-3`, … where another event has the name. Looks at
    /// files, which takes no longer than a camera's thread has time for.
    ///
    /// - Parameter taken: the names of events whose files may not be there yet.
    init(folder: String, camera: String, sighting: EventSighting, taken: Set<String>) {
        let zone = sighting.zone.map { "-\($0)" } ?? ""
        let base = "\(folder)/\(camera)-\(EventMoment(sighting.began).compact)-\(sighting.kind.rawValue)\(zone)"
        let name = (1...Self.mostNames).lazy.map { $0 == 1 ? base : "\(base)-\($0)" }.first { name in
            !taken.contains(name) && access("\(name).mp4", F_OK) != 0 && access("\(name).jpg", F_OK) != 0
        }
        let chosen = name ?? "\(base)-\(sighting.number)"
        clip = "\(chosen).mp4"
        still = "\(chosen).jpg"
    }

    /// Without the ending.
    var name: String { String(clip.dropLast(4)) }
}
