/// Appends each event to a file as one line of JSON; the line is on the disk before the next event is handled.
struct EventFile<Delivered: Event>: EventSink {
    let name = "file"
    let capacity = 1000
    private let file: NDJSONFile

    init(path: String) {
        file = NDJSONFile(path: path, isSynced: true)
    }

    func deliver(_ event: Delivered) async throws {
        try await file.append(event.json())
    }
}
