import Media
import Pipeline
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite struct ConnectionHistoryTests {
    private func statistics(_ frames: UInt64) -> LiveStatistics {
        var statistics = LiveStatistics()
        statistics.framesIn = frames
        return statistics
    }

    @Test func distinguishesConnectionsAndOutages() {
        var history = ConnectionHistory()
        history.begin(at: 1, frames: 0)
        history.end(LiveConnectionEnd(reason: "refused"), at: 2)
        history.begin(at: 3, frames: 0)
        let none = history.add(statistics(0), at: 5)
        #expect(none == nil)
        let first = history.add(statistics(9), at: 7)
        #expect(first?.seconds == 7 && first?.tries == 2)
        #expect(history.disconnectedSince == nil && history.reconnects == 0)
        let more = [history.add(statistics(99), at: 9), history.add(statistics(99), at: 11)]
        #expect(more.allSatisfy { $0 == nil })
        #expect(history.streamedSeconds == 2)
        history.end(LiveConnectionEnd(reason: "gone", isStall: true), at: 12)
        #expect(history.disconnectedSince == 12 && history.stalls == 1 && history.lastReason == "gone")
        history.begin(at: 13, frames: 99)
        // The frames of the previous connection are not counted for this one.
        let old = history.add(statistics(99), at: 14)
        #expect(old == nil && history.streamedSeconds == 0)
        let back = history.add(statistics(100), at: 15)
        #expect(back?.seconds == 3 && back?.tries == 1)
        #expect(history.reconnects == 1)
    }

    @Test func countsOnlyTheLastHour() {
        var history = ConnectionHistory()
        for time in [0.0, 1000, 2000] {
            history.begin(at: time, frames: UInt64(time))
            _ = history.add(statistics(UInt64(time) + 1), at: time)
            history.end(LiveConnectionEnd(reason: "gone", isStall: time == 1000), at: time)
        }
        #expect(history.reconnectsInLastHour(at: 2000) == 2)
        #expect(history.stallsInLastHour(at: 2000) == 1)
        #expect(history.reconnectsInLastHour(at: 4700) == 1)
        #expect(history.stallsInLastHour(at: 4700) == 0)
        #expect(history.reconnectsInLastHour(at: 6000) == 0)
        #expect(history.reconnects == 2 && history.stalls == 1)
    }

    /// Months of a camera that reconnects every second, and days of one connection.
    @Test func doesNotGrow() {
        var history = ConnectionHistory()
        for second in 0..<20_000 {
            let frames = UInt64(second) * 2
            history.begin(at: Double(second), frames: frames)
            _ = history.add(statistics(frames + 1), at: Double(second) + 0.5)
            history.end(LiveConnectionEnd(reason: "gone", isStall: true), at: Double(second) + 0.9)
        }
        #expect(history.reconnectsInLastHour(at: 20_000) == 512)
        #expect(history.stallsInLastHour(at: 20_000) == 512)
        #expect(history.reconnects == 19_999)
        #expect(history.samples.isEmpty)
        history.begin(at: 20_000, frames: 40_000)
        for step in 1...1000 {
            _ = history.add(statistics(40_000 + UInt64(step)), at: 20_000 + Double(step) * ConnectionHistory.interval)
        }
        #expect(history.samples.count == 32)
        #expect(history.oldestSample(at: 22_000)?.time == 21_940)
    }

    @Test func oneMessagePerMinuteAndOneAtTheReturn() {
        var (history, log) = (ConnectionHistory(), OutageMessages())
        var lines: [String] = []
        func fail(at time: Double, _ reason: String = "refused") {
            history.begin(at: time, frames: 0)
            history.end(LiveConnectionEnd(reason: reason), at: time)
            if let line = log.ended(history, at: time) { lines.append(line) }
        }
        for time in stride(from: 0.0, to: 200, by: 10) { fail(at: time) }
        fail(at: 719, "no route")
        fail(at: 730, "no route")
        #expect(
            lines == [
                "disconnected: refused", "disconnected for 60 s, 7 tries; last: refused",
                "disconnected for 2 min, 13 tries; last: refused",
                "disconnected for 3 min, 19 tries; last: refused", "disconnected for 11 min, 21 tries; last: no route",
            ])
        history.begin(at: 740, frames: 0)
        let outage = history.add(statistics(1), at: 741)
        let back = outage.flatMap { log.returned(after: $0, connection: 23) }
        #expect(back == "back after 12 min, connection 23")
        // Lost again so soon: nothing is logged until a minute has passed.
        history.end(LiveConnectionEnd(reason: "gone"), at: 750)
        let (lost, returned) = (log.ended(history, at: 750), log.returned(after: (1, 1), connection: 24))
        #expect(lost == nil && returned == nil)
        history.begin(at: 780, frames: 1)
        history.end(LiveConnectionEnd(reason: "gone"), at: 781)
        let away = log.ended(history, at: 781)
        #expect(away == "disconnected: gone")
    }

    @Test func reasonsContainNoSecretsAndNoAddress() {
        let address = SecretAddress("rtsp://admin:hunter2@cam.example/live")
        let error = MediaError(
            .cannotOpen, "cannot be opened: admin:hunter2@cam.example", underlyingCode: -111, file: address.text)
        #expect(
            LiveConnectionEnd(error, address: address)
                == LiveConnectionEnd(reason: "cannot be opened: ***@cam.example (Connection refused)"))
        #expect(LiveConnectionEnd(MediaError(.stalled, "sent no frame for 5 s"), address: address).isStall)
        struct Other: Error, CustomStringConvertible {
            let description = "rtsp://admin:hunter2@cam.example/live is odd"
        }
        #expect(LiveConnectionEnd(Other(), address: address).reason == "rtsp://***@cam.example/live is odd")
    }
}
