/// Publishes a camera's events, and whether one goes on.
struct MQTTCameraEvents: EventSink {
    let name = "mqtt"
    let capacity = 1000
    let board: MQTTBoard

    func take(_ event: CameraEvent) async throws {
        board.tell(event)
    }
}

/// Publishes the ends of jobs.
struct MQTTJobEvents: EventSink {
    let name = "mqtt"
    let capacity = 1000
    let board: MQTTBoard

    func take(_ event: JobEvent) async throws {
        board.tell(event)
    }
}
