import Pipeline
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite struct EventDetectorTests {
    /// The transitions for windows one second apart: "2 began class 1" for each, with the second of its window.
    private func events(_ rules: EventRules, _ windows: [LiveWindow]) -> [String] {
        var detector = EventDetector(rules)
        return windows.flatMap { window in
            detector.add(window).map {
                "\(Int(window.sourceStart)) \($0.state) \($0.kind.rawValue) \($0.window.classIndex)"
            }
        }
    }

    private func windows(classes: [Int]) -> [LiveWindow] {
        classes.enumerated().map { .sample(at: Double($0), class: $1) }
    }

    private func windows(masses: [Double]) -> [LiveWindow] {
        masses.enumerated().map { .sample(at: Double($0), mass: $1) }
    }

    @Test func aClassMustLast() {
        let rules = EventRules(classes: .these([1]), minimumDuration: 2, quiet: 0)
        #expect(events(rules, windows(classes: [1, 0, 1, 1, 1, 0])) == ["3 began class 1", "5 ended class 1"])
    }

    @Test func oneSelectedClassMayFollowAnother() {
        let rules = EventRules(classes: .any, minimumDuration: 2, quiet: 0)
        #expect(
            events(rules, windows(classes: [1, 1, 2, 2, 1]))
                == ["1 began class 1", "2 ended class 1", "3 began class 2", "4 ended class 2"])
    }

    @Test func withoutConditionsThereAreNoEvents() {
        #expect(events(EventRules(minimumDuration: 0, quiet: 0), windows(classes: [1, 2, 3])) == [])
    }

    @Test func aChangeIsFromTheClassThatLasted() {
        let rules = EventRules(onChange: true, minimumDuration: 2, quiet: 0)
        // The first class is not a change, nor is one that does not last.
        #expect(
            events(rules, windows(classes: [5, 5, 6, 5, 6, 6, 6, 7, 6, 5, 5]))
                == ["5 began change 6", "7 ended change 6", "10 began change 5"])
    }

    @Test func massMustReturnByATenth() {
        let above = EventRules(massAbove: 10, minimumDuration: 1, quiet: 0)
        #expect(
            events(above, windows(masses: [9, 10, 9.5, 9, 8.9, 9.5, .nan, 12])) == [
                "1 began mass-above 0", "4 ended mass-above 0", "7 began mass-above 0",
            ])
        let below = EventRules(massBelow: 10, minimumDuration: 1, quiet: 0)
        #expect(
            events(below, windows(masses: [11, 10, 10.5, 11, 11.1, 10.5])) == [
                "1 began mass-below 0", "4 ended mass-below 0",
            ])
    }

    @Test func quietLastsFromTheEndToTheNextStart() {
        let rules = EventRules(massAbove: 10, minimumDuration: 1, quiet: 4)
        // The first ends with the window that ends at 1, so the next may begin with one that ends at 5.
        #expect(
            events(rules, windows(masses: [10, 0, 10, 0, 10, 10])) == [
                "0 began mass-above 0", "1 ended mass-above 0", "4 began mass-above 0",
            ])
        // The quiet period applies to each kind separately.
        let both = EventRules(classes: .any, massAbove: 10, minimumDuration: 1, quiet: 100)
        #expect(events(both, windows(masses: [0, 10])) == ["0 began class 0", "1 began mass-above 0"])
    }

    /// Like `events`, with the zone's name.
    private func zoneEvents(_ rules: EventRules, _ windows: [LiveWindow]) -> [String] {
        var detector = EventDetector(rules)
        return windows.flatMap { window in
            detector.add(window).map {
                "\(Int(window.sourceStart)) \($0.state) \($0.kind.rawValue) \($0.zone ?? "none") \($0.threshold ?? 0)"
            }
        }
    }

    private func windows(shares: [Double], of zone: String = "door") -> [LiveWindow] {
        shares.enumerated().map { .sample(at: Double($0), shares: [zone: $1]) }
    }

    @Test func aZonesShareMustReturnByATenth() {
        let rules = EventRules(zones: [.init(name: "door", shareAbove: 0.5)], minimumDuration: 2, quiet: 0)
        #expect(
            zoneEvents(rules, windows(shares: [0.5, 0.49, 0.5, 0.46, 0.44, 0.49, 0.6, 0.6])) == [
                "1 began zone door 0.5", "4 ended zone door 0.5", "7 began zone door 0.5",
            ])
        // A window without the zone ends its event.
        #expect(zoneEvents(rules, windows(shares: [1, 1, 1], of: "yard")) == [])
    }

    @Test func zonesAreIndependentOfEachOther() {
        let rules = EventRules(
            zones: [.init(name: "door", shareAbove: 0.5), .init(name: "yard", shareAbove: 0.2)], minimumDuration: 1,
            quiet: 100)
        let shares = [["door": 0.6, "yard": 0.1], ["door": 0.1, "yard": 0.3], ["door": 0.6, "yard": 0.3]]
        let seen = zoneEvents(rules, shares.enumerated().map { .sample(at: Double($0), shares: $1) })
        // The door's quiet period is separate, and the yard's event continues.
        #expect(seen == ["0 began zone door 0.5", "1 ended zone door 0.5", "1 began zone yard 0.2"])
    }

    @Test func aZoneMayRequireClasses() {
        let rules = EventRules(
            zones: [.init(name: "door", shareAbove: 0.5, classes: .these([1, 2]))], minimumDuration: 1, quiet: 0)
        let windows: [LiveWindow] = [0, 1, 2, 0].enumerated().map {
            .sample(at: Double($0), class: $1, shares: ["door": 0.9])
        }
        // A change to another of the required classes continues the event.
        #expect(zoneEvents(rules, windows) == ["1 began zone door 0.5", "3 ended zone door 0.5"])
    }

    @Test func aShareOfZeroMayBeTheBound() {
        let rules = EventRules(zones: [.init(name: "door", shareAbove: 0)], minimumDuration: 1, quiet: 0)
        #expect(zoneEvents(rules, windows(shares: [0])) == ["0 began zone door 0.0"])
    }

    @Test func aClockSetBackEndsTheQuiet() {
        let rules = EventRules(massAbove: 10, minimumDuration: 1, quiet: 4)
        var late = LiveWindow.sample(at: 2, mass: 10)
        (late.start, late.end) = (1000, 1001)
        #expect(events(rules, windows(masses: [10, 0]) + [late]).last == "2 began mass-above 0")
    }

    @Test(arguments: [(2, 16), (1, nil)]) func aNewConnectionAndAGapEndEvents(connection: Int, stride: Int?) {
        let rules = EventRules(classes: .these([1]), minimumDuration: 2, quiet: 0)
        let broken = [
            LiveWindow.sample(at: 0, class: 1, stride: nil),
            .sample(at: 1, class: 1, connection: connection, stride: stride),
            .sample(at: 2, class: 1, connection: connection), .sample(at: 3, class: 1, connection: connection),
        ]
        #expect(events(rules, broken) == ["2 began class 1"])
        // A current event ends then.
        let going = [
            LiveWindow.sample(at: 0, class: 1), .sample(at: 1, class: 1),
            .sample(at: 2, class: 1, connection: connection, stride: stride),
        ]
        #expect(events(rules, going) == ["1 began class 1", "2 ended class 1"])
    }

    @Test func transitionsHaveTheirTimesAndWindows() throws {
        var detector = EventDetector(EventRules(massAbove: 10, minimumDuration: 2, quiet: 0))
        #expect(detector.add(.sample(at: 0, mass: 20)) == [])
        let second = LiveWindow.sample(at: 1, mass: 10)
        let began = try #require(detector.add(second).first)
        #expect(
            began
                == EventTransition(
                    number: 1, kind: .massAbove, state: .began, began: 1_800_000_000, time: 1_800_000_000,
                    sourceTime: 0, threshold: 10, window: second))
        #expect(detector.add(.sample(at: 2, mass: 9.5)) == [])
        let ended = try #require(detector.reset().first)
        #expect(ended.number == 1 && ended.state == .ended && ended.began == 1_800_000_000)
        #expect(ended.time == 1_800_000_003 && ended.sourceTime == 3 && ended.window == .sample(at: 2, mass: 9.5))
        #expect(detector.reset() == [])
    }
}
