import Concurrency
import Events
import Files
import Glibc
import Pipeline

/// The names of an event's clip and still.
package struct EventFiles: Sendable, Equatable {
    package let clip: String
    let still: String

    /// Names that are looked through where the first is taken.
    private static let maximumNames = 100

    /// `FOLDER/CAMERA-20261126T142301Z-KIND.mp4` and `.jpg`, or `…-zone-NAME` for a zone's, with `-2`, `-3`, … where another event has the name. Looks at
    /// files, which takes no longer than a camera's thread has time for.
    ///
    /// - Parameter taken: the names of events whose files may not be there yet.
    package init(folder: String, camera: String, sighting: EventSighting, taken: Set<String>) {
        let zone = sighting.zone.map { "-\($0)" } ?? ""
        let base = "\(folder)/\(camera)-\(EventMoment(sighting.began).compact)-\(sighting.kind.rawValue)\(zone)"
        let name = (1...Self.maximumNames).lazy.map { $0 == 1 ? base : "\(base)-\($0)" }.first { name in
            !taken.contains(name) && access("\(name).mp4", F_OK) != 0 && access("\(name).jpg", F_OK) != 0
        }
        let chosen = name ?? "\(base)-\(sighting.number)"
        clip = "\(chosen).mp4"
        still = "\(chosen).jpg"
    }

    /// Without the ending.
    package var name: String { String(clip.dropLast(4)) }
}

/// An image of each event as it begins: the next one that is encoded for viewers.
struct EventStills: EventSink {
    let name = "still"
    let capacity = 20
    /// Of the event's camera.
    let preview: LivePreview
    let clock: any Clock<Duration>

    /// Without an image for this long there is none.
    static let timeout = Duration.seconds(5)

    private struct NoImage: Error, CustomStringConvertible {
        let description = "no image arrived in time for its still"
    }

    func deliver(_ event: CameraEvent) async throws {
        guard event.state == .began, let path = event.still else { return }
        guard let image = await preview.next(within: Self.timeout, clock: clock) else { throw NoImage() }
        try await DedicatedThread.run(name: "still", onCancel: {}) {
            try OutputFolders.create(String(FileName.split(path).folder.dropLast()))
            let file = try AtomicFile(path)
            try file.write(image.jpeg)
            try file.commit()
        }
    }
}
