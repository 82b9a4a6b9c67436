import Pipeline
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite struct CameraHealthTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var expected: CameraHealth.State
        var reason: String
        /// Changes during one minute, in addition to 1500 frames.
        var change: @Sendable (inout LiveStatistics) -> Void = { _ in }
        var settings = CameraSettings.sample()

        var testDescription: String { reason }
    }

    /// A connection of one minute, with 25 frames per second unless the case specifies otherwise.
    static let minutes: [Case] = [
        Case(expected: .up, reason: "fps 25.0 of 25, lag 2.8 s"),
        Case(expected: .up, reason: "fps 24.0 of 25, lag 2.8 s", change: { $0.framesIn = 1440 }),
        Case(expected: .up, reason: "fps 25.0, lag 2.8 s", change: { $0.frameRate = nil }),
        Case(expected: .up, reason: "fps 25.0 of 25", change: { $0.lag = nil }),
        Case(expected: .degraded, reason: "fps 12.1 of 25 in the last minute", change: { $0.framesIn = 726 }),
        Case(
            expected: .degraded, reason: "fps 12.1 of 29.9 in the last minute",
            change: {
                $0.framesIn = 726
                $0.frameRate = 29.9
            }),
        Case(expected: .degraded, reason: "lag 5.1 s of 4.6", change: { $0.lag = 5.1 }),
        Case(
            expected: .degraded, reason: "lag 3.1 s of 2",
            change: {
                $0.lag = 3.1
                $0.lagLimit = nil
            }, settings: .sample { $0.latency = .low }),
        // The time of a window is not known, so the lag has no limit yet.
        Case(
            expected: .up, reason: "fps 25.0 of 25, lag 3.1 s",
            change: {
                $0.lag = 3.1
                $0.lagLimit = nil
            }),
        Case(
            expected: .degraded,
            reason: "every second window is skipped: the engine is too slow; stride 48 instead of 32",
            change: {
                ($0.windows, $0.windowsSkipped) = (20, 18)
                $0.stride = 48
            }),
        Case(
            expected: .degraded, reason: "every third window is skipped: the engine is too slow",
            change: { ($0.windows, $0.windowsSkipped) = (20, 10) }),
        Case(
            expected: .degraded, reason: "every 5th window is skipped: the engine is too slow",
            change: { ($0.windows, $0.windowsSkipped) = (40, 10) }),
        Case(
            expected: .degraded, reason: "every window is skipped: the engine is too slow",
            change: { ($0.windows, $0.windowsSkipped) = (0, 10) }),
        Case(
            expected: .up, reason: "fps 25.0 of 25, lag 2.8 s",
            change: { ($0.windows, $0.windowsSkipped) = (40, 2) }),
        Case(
            expected: .degraded, reason: "the engine is too slow; stride 48 instead of 32", change: { $0.stride = 48 }),
        Case(expected: .up, reason: "fps 25.0 of 25, lag 2.8 s", change: { $0.stride = 16 }),
        Case(
            expected: .degraded, reason: "frames arrive in bursts; stride 48 instead of 32",
            change: { ($0.stride, $0.windows, $0.windowSeconds, $0.waitSeconds) = (48, 30, 0.2, 0.1) }),
        Case(
            expected: .degraded, reason: "the engine is too slow; stride 48 instead of 32",
            change: { ($0.stride, $0.windows, $0.windowSeconds, $0.waitSeconds) = (48, 30, 1.4, 0) }),
        Case(
            expected: .degraded, reason: "12 % of the frames left out in the last minute",
            change: { $0.framesDropped = 180 }),
        Case(expected: .up, reason: "fps 25.0 of 25, lag 2.8 s", change: { $0.framesDropped = 15 }),
        Case(
            expected: .degraded, reason: "30 % of the frames without heat in the last minute",
            change: { $0.framesUnexplained = 450 }),
        Case(
            expected: .degraded, reason: "2 % of the frames damaged in the last minute",
            change: { $0.framesDamaged = 30 }),
        Case(
            expected: .degraded, reason: "50 % of the frames not published in the last minute",
            change: { $0.framesUnpublished = 750 }),
        Case(
            expected: .degraded, reason: "1 segment could not be written in the last minute",
            change: { $0.segmentsLost = 1 }),
        Case(
            expected: .degraded,
            reason:
                "fps 20.0 of 25 in the last minute; lag 9.0 s of 4.6; 2 segments could not be written in the last minute",
            change: {
                $0.framesIn = 1200
                $0.lag = 9
                $0.segmentsLost = 2
            }),
    ]

    /// A camera whose frames arrive for minutes without being drawn or recorded.
    @Test func aUselessConnectionIsDown() {
        func verdict(drawnUntil: Double, segmentsUntil: Double, at end: Double) -> String {
            var (history, now) = (ConnectionHistory(), LiveStatistics())
            now.lagLimit = 4
            history.begin(at: 0, frames: 0)
            for time in stride(from: 2.0, through: end, by: 2) {
                now.framesIn += 50
                if time <= drawnUntil { now.framesDrawn += 50 }
                if time <= segmentsUntil { now.segments = UInt64(time / 60) }
                _ = history.add(now, at: time)
            }
            let settings = CameraSettings.sample { $0.segments = "/recording" }
            let verdict = CameraHealth.verdict(now, history, settings: settings, at: end)
            return "\(verdict.state) \(verdict.reason)"
        }
        #expect(verdict(drawnUntil: 300, segmentsUntil: 300, at: 300) == "up fps 25.0")
        // Half a minute, and the time that a frame may wait.
        #expect(verdict(drawnUntil: 0, segmentsUntil: 0, at: 34) == "up fps 25.0")
        #expect(
            verdict(drawnUntil: 0, segmentsUntil: 0, at: 36) == "down frames arrive, but none was drawn for 34 s")
        #expect(
            verdict(drawnUntil: 100, segmentsUntil: 100, at: 180) == "down frames arrive, but none was drawn for 80 s")
        // Twice the length of a segment in addition.
        #expect(verdict(drawnUntil: 300, segmentsUntil: 0, at: 154) == "up fps 25.0")
        #expect(verdict(drawnUntil: 300, segmentsUntil: 0, at: 156) == "down no segment was completed for 2 min")
        #expect(verdict(drawnUntil: 300, segmentsUntil: 100, at: 300) == "down no segment was completed for 4 min")
    }

    @Test func aSilentCameraIsDown() {
        var (history, now) = (ConnectionHistory(), LiveStatistics())
        history.begin(at: 0, frames: 0)
        for time in stride(from: 2.0, through: 100, by: 2) {
            if time <= 60 { (now.framesIn, now.framesDrawn) = (now.framesIn + 50, now.framesDrawn + 50) }
            _ = history.add(now, at: time)
        }
        func state(at time: Double) -> CameraHealth.Verdict {
            CameraHealth.verdict(now, history, settings: .sample { $0.stall = 600 }, at: time)
        }
        #expect(state(at: 89).state == .degraded)
        #expect(state(at: 90) == .init(state: .down, reason: "no frame for 30 s"))
    }

    /// For a camera that was connected for a long time before the minute.
    @Test(arguments: minutes) func verdictAfterAMinute(_ minute: Case) {
        var history = ConnectionHistory()
        var before = LiveStatistics()
        before.framesIn = 1_000_000
        before.framesDropped = 90_000
        before.windowsSkipped = 90_000
        before.segmentsLost = 90_000
        history.begin(at: 0, frames: 0)
        var now = LiveStatistics()
        now.framesIn = 1500
        now.framesDrawn = 1500
        (now.stride, now.usualStride) = (32, 32)
        (now.frameRate, now.lag, now.lagLimit) = (25, 2.8, 4.6)
        minute.change(&now)
        for step in 0...30 {
            var sample = before
            sample.framesIn += now.framesIn * UInt64(step) / 30
            sample.framesDrawn += now.framesDrawn * UInt64(step) / 30
            _ = history.add(sample, at: 1000 + Double(step) * 2)
        }
        for counter in [
            \LiveStatistics.framesIn, \.framesDropped, \.windowsSkipped, \.segmentsLost,
        ] { now[keyPath: counter] += before[keyPath: counter] }
        let verdict = CameraHealth.verdict(now, history, settings: minute.settings, at: 1060)
        #expect(verdict == .init(state: minute.expected, reason: minute.reason))
    }

    @Test func fromTheStartThroughAnOutage() {
        var (history, now) = (ConnectionHistory(), LiveStatistics())
        func verdict(at time: Double) -> String {
            let verdict = CameraHealth.verdict(now, history, settings: .sample(), at: time)
            return "\(verdict.state) \(verdict.reason)"
        }
        #expect(verdict(at: 0) == "starting connecting for 0 s")
        history.begin(at: 0, frames: 0)
        #expect(verdict(at: 4) == "starting connecting for 4 s")
        history.end(LiveConnectionEnd(reason: "connection refused"), at: 5)
        #expect(verdict(at: 200) == "down disconnected for 3 min: connection refused")
        history.begin(at: 200, frames: 0)
        #expect(verdict(at: 201) == "down disconnected for 3 min: connection refused")
        now.framesIn = 5
        _ = history.add(now, at: 202)
        #expect(verdict(at: 203) == "up frames arrive")
        now.frameRate = 25
        for time in stride(from: 204.0, through: 230, by: 2) { _ = history.add(now, at: time) }
        #expect(verdict(at: 230) == "degraded no frame for 28 s")
        history.end(LiveConnectionEnd(reason: "no frame for 30 s", isStall: true), at: 232)
        #expect(verdict(at: 240) == "down disconnected for 8 s: no frame for 30 s")
    }

    @Test func anHourOfOutages() {
        var (history, now) = (ConnectionHistory(), LiveStatistics())
        func verdict(at time: Double) -> String {
            let verdict = CameraHealth.verdict(now, history, settings: .sample(), at: time)
            return "\(verdict.state) \(verdict.reason)"
        }
        for time in stride(from: 0.0, to: 500, by: 100) {
            history.begin(at: time, frames: now.framesIn)
            now.framesIn += 9
            _ = history.add(now, at: time + 1)
            if time < 400 { history.end(LiveConnectionEnd(reason: "gone", isStall: time < 200), at: time + 2) }
        }
        #expect(verdict(at: 402) == "degraded 4 reconnects and 2 stalls in the last hour")
        #expect(verdict(at: 3650).hasSuffix("4 reconnects in the last hour"))
        for time in stride(from: 402.0, through: 4400, by: 2) {
            now.framesIn += 50
            now.framesDrawn += 50
            _ = history.add(now, at: time)
        }
        #expect(verdict(at: 4400) == "up fps 25.0")
    }
}
