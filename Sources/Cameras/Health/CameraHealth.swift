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
        /// No frames arrive, or nothing comes of them.
        case down
    }

    package struct Verdict: Sendable, Equatable {
        package var state: State
        package var reason: String
    }

    /// Fewer frames than this part of what the source says is too few.
    private static let enoughFrames = 0.9
    /// Seconds of a connection before its rates count.
    private static let shortestView = 10.0
    /// Seconds without anything coming of a connection, beyond what it takes anyway, after which it is of no use.
    private static let longestIdleness = 30.0
    /// The part of its time that an engine which cannot do more is busy.
    private static let busyPart = 0.5
    /// Frames of which something is wrong, as a part of all.
    private static let fewFrames = 0.01
    private static let manyWithoutHeat = 0.05
    /// Windows passed over, as a part of all.
    private static let fewWindows = 0.1
    /// In an hour.
    private static let manyReconnects = 3
    private static let manyStalls = 2

    /// - Parameter time: seconds since the camera was started.
    package static func verdict(
        _ now: LiveStatistics, _ history: CameraHistory, settings: CameraSettings, at time: Double
    ) -> Verdict {
        if let away = history.awaySince {
            let duration = PlainDuration.text(time - away)
            guard let reason = history.lastReason else {
                return Verdict(state: .starting, reason: "connecting for \(duration)")
            }
            return Verdict(state: .down, reason: "disconnected for \(duration): \(reason)")
        }
        let view = View(now, history, at: time)
        let idle = idleness(now, history, settings: settings, at: time)
        var reasons = idle.map { [$0] } ?? []
        if idle == nil, let slow = slowSource(now, view) { reasons.append(slow) }
        let limit = now.lagLimit ?? (settings.latency == .low ? settings.lag : .infinity)
        if let lag = now.lag, lag > limit {
            reasons.append("lag \(NumberText.tenths(lag)) s of \(NumberText.short(limit))")
        }
        if let slow = slowEngine(now, view) { reasons.append(slow) }
        reasons += badFrames(view)
        let lost = view.difference(\.segmentsLost)
        if lost > 0 {
            let segments = NumberText.count(Int(lost), "segment", "segments")
            reasons.append("\(segments) could not be written in the last minute")
        }
        reasons += outages(history, at: time)
        guard reasons.isEmpty else {
            return Verdict(state: idle == nil ? .degraded : .down, reason: reasons.joined(separator: "; "))
        }
        return Verdict(state: .up, reason: whatIsWell(now, view))
    }

    /// Why a camera that is connected is of no use: for too long no frame arrived, none was drawn, or no segment was closed.
    ///
    /// - Returns: nil if it is of use.
    static func idleness(
        _ now: LiveStatistics, _ history: CameraHistory, settings: CameraSettings, at time: Double
    ) -> String? {
        guard let first = history.firstFrame else { return nil }
        let quiet = View(now, history, at: time).quiet
        if quiet >= longestIdleness { return "no frame for \(PlainDuration.text(quiet))" }
        let known = history.samples.last?.statistics ?? now
        let delay = longestIdleness + (now.lagLimit ?? 0)
        let undrawn = now.framesDrawn > known.framesDrawn ? 0 : time - (history.lastDrawn ?? first)
        if undrawn >= delay { return "frames arrive, but none was drawn for \(PlainDuration.text(undrawn))" }
        guard settings.segments != nil else { return nil }
        let open = now.segments > known.segments ? 0 : time - (history.lastSegment ?? first)
        guard open >= delay + 2 * settings.segmentLength else { return nil }
        return "no segment was completed for \(PlainDuration.text(open))"
    }

    /// The differences between now and the beginning of the last minute, or of the connection if that is later.
    private struct View {
        let now: LiveStatistics
        let before: LiveStatistics
        /// Seconds; 0 without a sample.
        let seconds: Double
        /// Seconds since the newest frame.
        let quiet: Double

        init(_ now: LiveStatistics, _ history: CameraHistory, at time: Double) {
            let sample = history.oldestSample(at: time)
            self.now = now
            before = sample?.statistics ?? now
            seconds = sample.map { max(0, time - $0.time) } ?? 0
            let isNewer = now.framesIn > history.samples.last?.statistics.framesIn ?? 0
            quiet = isNewer ? 0 : history.lastFrame.map { max(0, time - $0) } ?? 0
        }

        var isLongEnough: Bool { seconds >= shortestView }
        var rate: Double { seconds > 0 ? difference(\.framesIn) / seconds : 0 }

        func difference(_ counter: KeyPath<LiveStatistics, UInt64>) -> Double {
            let (now, before) = (now[keyPath: counter], before[keyPath: counter])
            return now > before ? Double(now - before) : 0
        }

        /// A counter's growth as a part of that of all frames.
        func part(_ counter: KeyPath<LiveStatistics, UInt64>) -> Double {
            let frames = difference(\.framesIn)
            return frames > 0 ? difference(counter) / frames : 0
        }
    }

    private static func slowSource(_ now: LiveStatistics, _ view: View) -> String? {
        guard view.isLongEnough else { return nil }
        if view.quiet >= shortestView { return "no frame for \(PlainDuration.text(view.quiet))" }
        guard let expected = now.frameRate, expected > 0, view.rate < expected * enoughFrames else { return nil }
        return "fps \(NumberText.tenths(view.rate)) of \(NumberText.short(expected)) in the last minute"
    }

    private static func slowEngine(_ now: LiveStatistics, _ view: View) -> String? {
        var words = isIdle(now, view) ? "frames arrive in bursts" : "the engine is too slow"
        var isWidened = false
        if let stride = now.stride, let usual = now.usualStride, stride > usual {
            isWidened = true
            words += "; stride \(stride) instead of \(usual)"
        }
        let skipped = view.difference(\.windowsSkipped)
        let all = skipped + view.difference(\.windows)
        if view.isLongEnough, all > 0, skipped / all >= fewWindows {
            return "every \(ordinal(all / skipped))window is skipped: \(words)"
        }
        return isWidened ? words : nil
    }

    /// Whether the engine had nothing to do for half of the time: then it got its windows many at a time, and is not to blame.
    private static func isIdle(_ now: LiveStatistics, _ view: View) -> Bool {
        let windows = view.difference(\.windows)
        guard view.isLongEnough, windows > 0, let seconds = now.windowSeconds else { return false }
        return windows * (seconds + (now.waitSeconds ?? 0)) < busyPart * view.seconds
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

    private static func badFrames(_ view: View) -> [String] {
        guard view.isLongEnough else { return [] }
        let kinds: [(KeyPath<LiveStatistics, UInt64>, Double, String)] = [
            (\.framesDropped, fewFrames, "left out"), (\.framesUnexplained, manyWithoutHeat, "without heat"),
            (\.framesDamaged, fewFrames, "damaged"), (\.framesUnpublished, fewFrames, "not published"),
        ]
        return kinds.compactMap { counter, bound, words in
            let part = view.part(counter)
            guard part > bound else { return nil }
            return "\(Int((min(part, 1) * 100).rounded())) % of the frames \(words) in the last minute"
        }
    }

    private static func outages(_ history: CameraHistory, at time: Double) -> [String] {
        let reconnects = history.reconnectsInLastHour(at: time)
        let stalls = history.stallsInLastHour(at: time)
        var words: [String] = []
        if reconnects >= manyReconnects { words.append("\(reconnects) reconnects") }
        if stalls >= manyStalls { words.append("\(stalls) stalls") }
        return words.isEmpty ? [] : ["\(words.joined(separator: " and ")) in the last hour"]
    }

    private static func whatIsWell(_ now: LiveStatistics, _ view: View) -> String {
        var words: [String] = []
        if view.isLongEnough {
            let expected = now.frameRate.map { " of \(NumberText.short($0))" } ?? ""
            words.append("fps \(NumberText.tenths(view.rate))\(expected)")
        }
        if let lag = now.lag { words.append("lag \(NumberText.tenths(lag)) s") }
        return words.isEmpty ? "frames arrive" : words.joined(separator: ", ")
    }
}
