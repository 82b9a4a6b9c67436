import Pipeline

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

extension LiveWindow {
    /// A window of one second that begins `second` seconds after the first, at 1,800,000,000 by the wall clock.
    static func sample(
        at second: Double, class classIndex: Int = 0, mass: Double = 1, shares: [String: Double] = [:],
        connection: Int = 1, stride: Int? = 16
    ) -> LiveWindow {
        let start = 1_800_000_000 + second
        return LiveWindow(
            connection: connection, index: Int(second), start: start, end: start + 1, sourceStart: second,
            sourceEnd: second + 1,
            classIndex: classIndex, label: "class \(classIndex)", probability: 0.75, mass: mass,
            zones: shares.sorted { $0.key < $1.key }.map { ZoneShare(name: $0.key, share: $0.value, area: 0.25) },
            stride: stride, isDamaged: false)
    }
}

extension CameraEvent {
    static func sample(_ number: Int = 1, state: EventTransition.State = .began, still: String? = nil) -> CameraEvent {
        var event = CameraEvent(
            EventTransition(
                number: number, kind: .class, state: state, began: 1_800_000_000.25, time: 1_800_000_000.25,
                sourceTime: 12.5, threshold: nil, window: .sample(at: 12)), camera: "gate", files: nil)
        event.still = still
        return event
    }
}
