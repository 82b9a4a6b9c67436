import Testing

@testable import Daemon

/// Which classes of the model an event's settings mean.
@Suite struct EventClassesTests {
    private func settings(_ names: String...) -> EventSettings {
        EventSettings(onClass: .named(names))
    }

    @Test(arguments: [
        (["walking"], [1]), (["0", "2"], [0, 2]), (["walking", "1"], [1]),
        // A label that looks like a number is a label; other numbers are numbers.
        (["7"], [3]), (["3", "7"], [3]), (["+1"], [1]), (["Walking", "-1", "4", "1.0", " 1", ""], []),
        (["99999999999999999999"], []),
    ])
    func labelsAndNumbers(_ names: [String], _ numbers: [Int]) {
        var settings = EventSettings()
        settings.onClass = .named(names)
        let labels = ["standing", "walking", "running", "7"]
        #expect(settings.rules(labels: labels).classes == .these(Set(numbers)))
        #expect(settings.unknownClasses(labels: labels) == (numbers.isEmpty ? names : []))
    }

    @Test func aModelWithoutLabelsHasNumbersAlone() {
        let settings = settings("12", "walking")
        #expect(settings.rules(labels: []).classes == .these([12]))
        #expect(settings.unknownClasses(labels: []) == ["walking"])
    }

    @Test func anyAndNone() {
        #expect(EventSettings(onClass: .any).rules(labels: []).classes == .any)
        #expect(EventSettings().rules(labels: ["a"]).classes == EventRules.Classes.none)
        #expect(EventSettings(onClass: .any).unknownClasses(labels: ["a"]) == [])
    }

    @Test func theRestIsTakenOver() {
        let settings = EventSettings(change: true, massAbove: 2, massBelow: 1, duration: 3, quiet: 4)
        #expect(
            settings.rules(labels: [])
                == EventRules(classes: .none, onChange: true, massAbove: 2, massBelow: 1, holds: 3, quiet: 4))
    }
}
