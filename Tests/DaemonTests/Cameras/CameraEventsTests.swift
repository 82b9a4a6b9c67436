import Foundation
import Pipeline
import Synchronization
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import Events

@Suite struct CameraEventsTests {
    /// The delivered events and requested clips.
    private final class Delivered: Sendable {
        private struct State {
            var events: [CameraEvent] = []
            var clips: [String] = []
        }

        private let state = Mutex(State())

        func add(_ event: CameraEvent) { state.withLock { $0.events.append(event) } }
        func record(_ path: String, _ until: Double) { state.withLock { $0.clips.append("\(path) \(until)") } }
        var events: [CameraEvent] { state.withLock { $0.events } }
        var clips: [String] { state.withLock { $0.clips } }
    }

    private func camera(_ delivered: Delivered, folder: String?) -> CameraEvents {
        CameraEvents(
            camera: "gate", rules: EventRules(classes: .these([1]), minimumDuration: 2, quiet: 0),
            clips: folder.map { .init(folder: $0, postRoll: 5, record: delivered.record) }, deliver: delivered.add)
    }

    @Test func anEventIsDeliveredWithItsFiles() throws {
        let (delivered, folder) = (Delivered(), try TemporaryDirectory())
        let camera = camera(delivered, folder: folder.path)
        for second in 0..<3 { camera.add(.sample(at: Double(second), class: 1)) }
        camera.end()
        camera.end()
        #expect(delivered.events.map(\.state) == [.began, .ended])
        #expect(Set(delivered.events.map(\.id)) == ["gate-20270115T080000Z-1"])
        let clip = folder.file("gate-20270115T080000Z-class.mp4")
        #expect(delivered.events.map(\.clip) == [clip, clip])
        #expect(delivered.events[0].still == folder.file("gate-20270115T080000Z-class.jpg"))
        // Five seconds after the window with which the event began.
        #expect(delivered.clips == ["\(clip) 1800000007.0"])
    }

    @Test func noTwoEventsHaveTheSameFiles() throws {
        let (delivered, folder) = (Delivered(), try TemporaryDirectory())
        try folder.write([1], to: "gate-20270115T080000Z-class-2.jpg")
        let camera = camera(delivered, folder: folder.path)
        for _ in 0..<2 {
            for second in 0..<2 { camera.add(.sample(at: Double(second), class: 1)) }
            camera.end()
        }
        let names = delivered.events.filter { $0.state == .began }.compactMap(\.clip)
        #expect(
            names.map { String($0.dropFirst(folder.path.count + 1)) } == [
                "gate-20270115T080000Z-class.mp4", "gate-20270115T080000Z-class-3.mp4",
            ])
        #expect(Set(delivered.events.map(\.id)).count == 2)
    }

    @Test func aZonesEventNamesItsZone() throws {
        let (delivered, folder) = (Delivered(), try TemporaryDirectory())
        let camera = CameraEvents(
            camera: "gate",
            rules: EventRules(
                zones: [.init(name: "door", shareAbove: 0.5), .init(name: "yard", shareAbove: 0.5)], minimumDuration: 1,
                quiet: 0),
            clips: .init(folder: folder.path, postRoll: 5, record: delivered.record), deliver: delivered.add)
        camera.add(.sample(at: 0, shares: ["door": 0.625, "yard": 0.5]))
        #expect(delivered.events.map(\.kind) == [.zone, .zone] && delivered.events.map(\.zone) == ["door", "yard"])
        #expect(delivered.events.map(\.share) == [0.625, 0.5] && delivered.events.map(\.threshold) == [0.5, 0.5])
        #expect(
            delivered.events.map(\.clip) == [
                folder.file("gate-20270115T080000Z-zone-door.mp4"), folder.file("gate-20270115T080000Z-zone-yard.mp4"),
            ])
        let event = try #require(delivered.events.first)
        let environment = EventHook<CameraEvent>.environment(of: event, searchPath: "/bin")
        #expect(environment["SALIENCYD_EVENT_KIND"] == "zone" && environment["SALIENCYD_EVENT_ZONE"] == "door")
        #expect(environment["SALIENCYD_EVENT_SHARE"] == "0.625" && environment["SALIENCYD_EVENT_THRESHOLD"] == "0.5")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(event.json())) as? [String: Any])
        #expect(object["zone"] as? String == "door" && object["share"] as? Double == 0.625)
    }

    @Test func withoutAFolderThereAreNoFiles() {
        let delivered = Delivered()
        let camera = camera(delivered, folder: nil)
        for second in 0..<2 { camera.add(.sample(at: Double(second), class: 1)) }
        #expect(delivered.events.count == 1 && delivered.events[0].clip == nil && delivered.events[0].still == nil)
    }

    @Test func anEventIsALineOfJSON() throws {
        var event = CameraEvent.sample(still: "/clips/a.jpg")
        event.label = "a \"line\"\nor two"
        event.mass = .nan
        let bytes = event.json()
        #expect(!bytes.contains(UInt8(ascii: "\n")))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "id", "camera", "kind", "state", "time", "unix", "connection", "source_time", "label", "class",
                "probability", "mass", "still",
            ])
        #expect(object["time"] as? String == "2027-01-15T08:00:00.250Z")
        #expect(object["unix"] as? Double == 1_800_000_000.25 && object["source_time"] as? Double == 12.5)
        #expect(object["kind"] as? String == "class" && object["state"] as? String == "began")
        #expect(object["mass"] as? String == "nan" && object["label"] as? String == event.label)
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (-5, "1970-01-01T00:00:00.000Z"), (.nan, "1970-01-01T00:00:00.000Z"),
        (.infinity, "9999-12-31T23:59:59.000Z"), (1_800_000_000.001, "2027-01-15T08:00:00.001Z"),
        (1_800_000_000.999_6, "2027-01-15T08:00:01.000Z"), (1_800_000_000.57, "2027-01-15T08:00:00.570Z"),
    ])
    func momentsAreWrittenToTheMillisecond(seconds: Double, text: String) {
        #expect(EventTimestamp(seconds).iso8601 == text)
    }
}
