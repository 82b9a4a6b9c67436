import Concurrency
import Events
import Files
import Glibc
import Pipeline

/// The names of an event's clip and still.
package struct EventFiles: Sendable, Equatable {
    package let clip: String
    let still: String

    /// The number of names that are tried.
    private static let maximumNames = 100

    /// Chooses `FOLDER/CAMERA-20261126T142301Z-KIND.mp4` and `.jpg`, or `…-zone-NAME` for an event of a zone, with
    /// `-2`, `-3`, … if another event has the name. Checks whether files exist, which is fast enough for a camera's
    /// thread.
    ///
    /// - Parameter taken: names of events whose files may not exist yet.
    package init(folder: String, camera: String, transition: EventTransition, taken: Set<String>) {
        let zone = transition.zone.map { "-\($0)" } ?? ""
        let base = "\(folder)/\(camera)-\(EventTimestamp(transition.began).compact)-\(transition.kind.rawValue)\(zone)"
        let name = (1...Self.maximumNames).lazy.map { $0 == 1 ? base : "\(base)-\($0)" }.first { name in
            !taken.contains(name) && access("\(name).mp4", F_OK) != 0 && access("\(name).jpg", F_OK) != 0
        }
        let chosen = name ?? "\(base)-\(transition.number)"
        clip = "\(chosen).mp4"
        still = "\(chosen).jpg"
    }

    /// Without the extension.
    package var name: String { String(clip.dropLast(4)) }
}

/// Saves an image at the start of each event: the next one that is encoded for viewers.
struct EventStills: EventSink {
    let name = "still"
    let capacity = 20
    /// The preview of the event's camera.
    let preview: LivePreview
    let clock: any Clock<Duration>

    /// The time within which an image must arrive.
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
