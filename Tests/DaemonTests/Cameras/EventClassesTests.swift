import Pipeline
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

/// Resolution of the classes in an event's settings.
@Suite struct EventClassesTests {
    private func settings(_ names: String...) -> EventSettings {
        EventSettings(onClass: .named(names))
    }

    @Test(arguments: [
        (["walking"], [1]), (["0", "2"], [0, 2]), (["walking", "1"], [1]),
        // A label that looks like a number is a label; other numbers are class indices.
        (["7"], [3]), (["3", "7"], [3]), (["+1"], [1]), (["Walking", "-1", "4", "1.0", " 1", ""], []),
        (["99999999999999999999"], []),
    ])
    func labelsAndNumbers(_ names: [String], _ numbers: [Int]) {
        var settings = EventSettings()
        settings.onClass = .named(names)
        let labels = ["standing", "walking", "running", "7"]
        #expect(settings.rules(labels: labels).classes == .these(Set(numbers)))
        #expect(settings.onClass?.unknown(labels: labels) == (numbers.isEmpty ? names : []))
    }

    @Test func aModelWithoutLabelsHasOnlyIndices() {
        let settings = settings("12", "walking")
        #expect(settings.rules(labels: []).classes == .these([12]))
        #expect(settings.onClass?.unknown(labels: []) == ["walking"])
    }

    @Test func anyAndNone() {
        #expect(EventSettings(onClass: .any).rules(labels: []).classes == .any)
        #expect(EventSettings().rules(labels: ["a"]).classes == EventRules.Classes.none)
        #expect(EventSettings.Classes.any.unknown(labels: ["a"]) == [])
    }

    @Test func otherSettingsAreCopied() {
        let settings = EventSettings(change: true, massAbove: 2, massBelow: 1, duration: 3, quiet: 4)
        #expect(
            settings.rules(labels: [])
                == EventRules(classes: .none, onChange: true, massAbove: 2, massBelow: 1, minimumDuration: 3, quiet: 4))
    }

    @Test func zonesWithABoundBecomeRules() throws {
        func zone(_ name: String, _ share: Double?, _ classes: EventSettings.Classes? = nil) throws -> ZoneSettings {
            ZoneSettings(
                region: FrameRegion(name: name, polygon: try Polygon("0,0 1,0 1,1")), shareAbove: share,
                onClass: classes)
        }
        let zones = try [zone("a", 0.5), zone("b", nil), zone("c", 0, .named(["walking", "0"]))]
        #expect(
            EventSettings().rules(labels: ["standing", "walking"], zones: zones).zones == [
                EventRules.Zone(name: "a", shareAbove: 0.5),
                EventRules.Zone(name: "c", shareAbove: 0, classes: .these([0, 1])),
            ])
    }
}
