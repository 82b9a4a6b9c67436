import DaemonConfiguration
import Pipeline

/// A camera's health, with the reason.
package enum CameraHealth {
    package enum State: String, Sendable, Codable {
        /// Not connected yet, and nothing has failed.
        case starting
        case up
        /// Frames arrive, but not as they should.
        case degraded
        /// No frames arrive, or they are neither drawn nor recorded.
        case down
    }

    package struct Verdict: Sendable, Equatable {
        package var state: State
        package var reason: String
    }

    /// A frame rate below this fraction of the announced one is too low.
    private static let minimumFrameRatio = 0.9
    /// Seconds of a connection before its rates are evaluated.
    private static let minimumObservation = 10.0
    /// Seconds without a drawn frame or a completed segment, beyond the usual delay, after which a connection is
    /// useless.
    private static let idleTimeout = 30.0
    /// An engine that is busy for a smaller fraction of the time is not the bottleneck.
    private static let busyFraction = 0.5
    /// Tolerated fractions of frames with a problem.
    private static let badFrameTolerance = 0.01
    private static let noHeatTolerance = 0.05
    /// The tolerated fraction of skipped windows.
    private static let skippedWindowTolerance = 0.1
    /// Numbers per hour that are reported.
    private static let reconnectThreshold = 3
    private static let stallThreshold = 2

    /// - Parameter time: seconds since the camera was started.
    package static func verdict(
        _ now: LiveStatistics, _ history: ConnectionHistory, settings: CameraSettings, at time: Double
    ) -> Verdict {
        if let start = history.disconnectedSince {
            let duration = PlainDuration.text(time - start)
            guard let reason = history.lastReason else {
                return Verdict(state: .starting, reason: "connecting for \(duration)")
            }
            return Verdict(state: .down, reason: "disconnected for \(duration): \(reason)")
        }
        let recent = RecentChange(now, history, at: time)
        let idle = idleness(now, history, settings: settings, at: time)
        var reasons = idle.map { [$0] } ?? []
        if idle == nil, let slow = slowSource(now, recent) { reasons.append(slow) }
        let limit = now.lagLimit ?? (settings.latency == .low ? settings.lag : .infinity)
        if let lag = now.lag, lag > limit {
            reasons.append("lag \(NumberText.tenths(lag)) s of \(NumberText.short(limit))")
        }
        if let slow = slowEngine(now, recent) { reasons.append(slow) }
        reasons += badFrames(recent)
        let lost = recent.difference(\.segmentsLost)
        if lost > 0 {
            let segments = NumberText.count(Int(lost), "segment", "segments")
            reasons.append("\(segments) could not be written in the last minute")
        }
        reasons += outages(history, at: time)
        guard reasons.isEmpty else {
            return Verdict(state: idle == nil ? .degraded : .down, reason: reasons.joined(separator: "; "))
        }
        return Verdict(state: .up, reason: healthyReason(now, recent))
    }

    /// Why a connected camera is useless: for too long no frame arrived, none was drawn, or no segment was completed.
    ///
    /// - Returns: nil if it is not.
    static func idleness(
        _ now: LiveStatistics, _ history: ConnectionHistory, settings: CameraSettings, at time: Double
    ) -> String? {
        guard let first = history.firstFrame else { return nil }
        let quiet = RecentChange(now, history, at: time).quiet
        if quiet >= idleTimeout { return "no frame for \(PlainDuration.text(quiet))" }
        let known = history.samples.last?.statistics ?? now
        let delay = idleTimeout + (now.lagLimit ?? 0)
        let undrawn = now.framesDrawn > known.framesDrawn ? 0 : time - (history.lastDrawn ?? first)
        if undrawn >= delay { return "frames arrive, but none was drawn for \(PlainDuration.text(undrawn))" }
        guard settings.segments != nil else { return nil }
        let open = now.segments > known.segments ? 0 : time - (history.lastSegment ?? first)
        guard open >= delay + 2 * settings.segmentLength else { return nil }
        return "no segment was completed for \(PlainDuration.text(open))"
    }

    /// The changes since the beginning of the last minute, or of the connection if that is later.
    private struct RecentChange {
        let now: LiveStatistics
        let before: LiveStatistics
        /// Seconds between the two; 0 without a sample.
        let seconds: Double
        /// Seconds since the newest frame.
        let quiet: Double

        init(_ now: LiveStatistics, _ history: ConnectionHistory, at time: Double) {
            let sample = history.oldestSample(at: time)
            self.now = now
            before = sample?.statistics ?? now
            seconds = sample.map { max(0, time - $0.time) } ?? 0
            let isNewer = now.framesIn > history.samples.last?.statistics.framesIn ?? 0
            quiet = isNewer ? 0 : history.lastFrame.map { max(0, time - $0) } ?? 0
        }

        var isLongEnough: Bool { seconds >= minimumObservation }
        var rate: Double { seconds > 0 ? difference(\.framesIn) / seconds : 0 }

        func difference(_ counter: KeyPath<LiveStatistics, UInt64>) -> Double {
            let (now, before) = (now[keyPath: counter], before[keyPath: counter])
            return now > before ? Double(now - before) : 0
        }

        /// A counter's growth as a fraction of the growth of `framesIn`.
        func fraction(_ counter: KeyPath<LiveStatistics, UInt64>) -> Double {
            let frames = difference(\.framesIn)
            return frames > 0 ? difference(counter) / frames : 0
        }
    }

    private static func slowSource(_ now: LiveStatistics, _ recent: RecentChange) -> String? {
        guard recent.isLongEnough else { return nil }
        if recent.quiet >= minimumObservation { return "no frame for \(PlainDuration.text(recent.quiet))" }
        guard let expected = now.frameRate, expected > 0, recent.rate < expected * minimumFrameRatio else { return nil }
        return "fps \(NumberText.tenths(recent.rate)) of \(NumberText.short(expected)) in the last minute"
    }

    private static func slowEngine(_ now: LiveStatistics, _ recent: RecentChange) -> String? {
        var text = isIdle(now, recent) ? "frames arrive in bursts" : "the engine is too slow"
        var isWidened = false
        if let stride = now.stride, let usual = now.usualStride, stride > usual {
            isWidened = true
            text += "; stride \(stride) instead of \(usual)"
        }
        let skipped = recent.difference(\.windowsSkipped)
        let all = skipped + recent.difference(\.windows)
        if recent.isLongEnough, all > 0, skipped / all >= skippedWindowTolerance {
            return "every \(ordinal(all / skipped))window is skipped: \(text)"
        }
        return isWidened ? text : nil
    }

    /// Whether the engine was idle half of the time: then its windows arrived in bursts, and the engine is not the
    /// cause.
    private static func isIdle(_ now: LiveStatistics, _ recent: RecentChange) -> Bool {
        let windows = recent.difference(\.windows)
        guard recent.isLongEnough, windows > 0, let seconds = now.windowSeconds else { return false }
        return windows * (seconds + (now.waitSeconds ?? 0)) < busyFraction * recent.seconds
    }

    /// "every window", "every second window", "every 5th window".
    private static func ordinal(_ ratio: Double) -> String {
        switch Int(ratio.rounded()) {
        case ...1: ""
        case 2: "second "
        case 3: "third "
        case let number: "\(number)th "
        }
    }

    private static func badFrames(_ recent: RecentChange) -> [String] {
        guard recent.isLongEnough else { return [] }
        let kinds: [(KeyPath<LiveStatistics, UInt64>, Double, String)] = [
            (\.framesDropped, badFrameTolerance, "left out"), (\.framesUnexplained, noHeatTolerance, "without heat"),
            (\.framesDamaged, badFrameTolerance, "damaged"), (\.framesUnpublished, badFrameTolerance, "not published"),
        ]
        return kinds.compactMap { counter, bound, text in
            let fraction = recent.fraction(counter)
            guard fraction > bound else { return nil }
            return "\(Int((min(fraction, 1) * 100).rounded())) % of the frames \(text) in the last minute"
        }
    }

    private static func outages(_ history: ConnectionHistory, at time: Double) -> [String] {
        let reconnects = history.reconnectsInLastHour(at: time)
        let stalls = history.stallsInLastHour(at: time)
        var parts: [String] = []
        if reconnects >= reconnectThreshold { parts.append("\(reconnects) reconnects") }
        if stalls >= stallThreshold { parts.append("\(stalls) stalls") }
        return parts.isEmpty ? [] : ["\(parts.joined(separator: " and ")) in the last hour"]
    }

    private static func healthyReason(_ now: LiveStatistics, _ recent: RecentChange) -> String {
        var parts: [String] = []
        if recent.isLongEnough {
            let expected = now.frameRate.map { " of \(NumberText.short($0))" } ?? ""
            parts.append("fps \(NumberText.tenths(recent.rate))\(expected)")
        }
        if let lag = now.lag { parts.append("lag \(NumberText.tenths(lag)) s") }
        return parts.isEmpty ? "frames arrive" : parts.joined(separator: ", ")
    }
}
