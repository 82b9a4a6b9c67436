/// A file with a line of JSON an event; the line is on the disk before the next event is looked at.
struct EventFile<Told: Event>: EventSink {
    let name = "file"
    let capacity = 1000
    private let file: LineFile

    init(path: String) {
        file = LineFile(path: path, isSynced: true)
    }

    func take(_ event: Told) async throws {
        try await file.append(event.json())
    }
}
