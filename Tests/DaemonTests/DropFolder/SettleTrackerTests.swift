import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

@Suite struct SettleTrackerTests {
    private let start = ContinuousClock.now

    private func file(_ name: String, size: Int64 = 1, changed: Int64 = 0) -> DroppedFile {
        DroppedFile(
            name: name,
            stamp: DroppedFile.Stamp(
                device: 1, inode: 1, size: size, modifiedNanoseconds: 0, changedNanoseconds: changed))
    }

    @Test func anUnchangedFileIsReady() {
        var tracker = SettleTracker(settle: .seconds(5))
        let first = tracker.observe([file("a")], at: start)
        #expect(first.ready.isEmpty)
        #expect(first.next == start + .seconds(5))
        #expect(tracker.observe([file("a")], at: start + .seconds(4.9)).ready.isEmpty)
        let last = tracker.observe([file("a")], at: start + .seconds(5))
        #expect(last.ready.map(\.file.name) == ["a"])
        #expect(last.ready.first?.age == .seconds(5))
        #expect(last.next == nil)
    }

    @Test(arguments: [(2, 0), (1, 7)]) func aChangeRestartsTheWait(_ size: Int64, _ changed: Int64) {
        var tracker = SettleTracker(settle: .seconds(5))
        _ = tracker.observe([file("a")], at: start)
        let changed = file("a", size: size, changed: changed)
        #expect(tracker.observe([changed], at: start + .seconds(5)).ready.isEmpty)
        #expect(tracker.observe([changed], at: start + .seconds(9)).ready.isEmpty)
        #expect(tracker.observe([changed], at: start + .seconds(10)).ready.count == 1)
    }

    @Test func movedFilesAreReadyImmediately() {
        var tracker = SettleTracker(settle: .seconds(5))
        let (ready, next) = tracker.observe([file("a"), file("b")], movedIn: ["b"], at: start)
        #expect(ready.map(\.file.name) == ["b"])
        #expect(next == start + .seconds(5))
    }

    @Test func aFinishedFileIsReturnedAgainOnlyWhenChanged() {
        var tracker = SettleTracker(settle: .zero)
        #expect(tracker.observe([file("a")], at: start).ready.count == 1)
        // Not ingested, so it is returned again.
        #expect(tracker.observe([file("a")], at: start).ready.count == 1)
        tracker.finish(file("a"))
        #expect(tracker.observe([file("a")], at: start + .seconds(100)).ready.isEmpty)
        #expect(tracker.observe([file("a", changed: 1)], at: start + .seconds(101)).ready.count == 1)
    }

    @Test func aFileBeingIngestedIsNotReturned() {
        var tracker = SettleTracker(settle: .zero)
        _ = tracker.observe([file("a")], at: start)
        tracker.begin(file("a"))
        #expect(tracker.observe([file("a")], at: start).ready.isEmpty)
        // With another stamp it is returned.
        #expect(tracker.observe([file("a", changed: 1)], at: start).ready.count == 1)
    }

    @Test func aPostponedFileIsReturnedWhenDueOrChanged() {
        var tracker = SettleTracker(settle: .zero)
        _ = tracker.observe([file("a")], at: start)
        tracker.begin(file("a"))
        tracker.postpone(file("a"), to: start + .seconds(5))
        let early = tracker.observe([file("a")], at: start + .seconds(4))
        #expect(early.ready.isEmpty && early.next == start + .seconds(5))
        #expect(tracker.observe([file("a")], at: start + .seconds(5)).ready.first?.age == .seconds(5))
        #expect(tracker.observe([file("a", changed: 1)], at: start + .seconds(4)).ready.count == 1)
    }

    @Test func aFileThatChangedDuringIngestIsNotFinished() {
        var tracker = SettleTracker(settle: .zero)
        _ = tracker.observe([file("a", size: 2)], at: start)
        tracker.finish(file("a", size: 1))
        #expect(tracker.observe([file("a", size: 2)], at: start).ready.count == 1)
    }

    @Test func missingFilesAreForgotten() {
        var tracker = SettleTracker(settle: .zero)
        _ = tracker.observe([file("a")], at: start)
        tracker.finish(file("a"))
        _ = tracker.observe([], at: start)
        #expect(tracker.observe([file("a")], at: start).ready.count == 1)
    }
}
