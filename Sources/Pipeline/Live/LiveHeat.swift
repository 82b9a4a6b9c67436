import Encode
import Engine
import Synchronization

/// The heat of one connection, between the thread that explains and the one that draws.
///
/// Smooth heat is cross-faded over the windows that cover a frame, and final when no further one can; low latency takes
/// the newest window's.
final class LiveHeat: Sendable {
    /// What is drawn over a frame.
    struct Drawn: Sendable {
        /// Nil where no window explains it.
        var plane: HeatPlane?
        /// The answer of the window nearest to it.
        var answer: LegendPainter.Answer?

        var caption: String? { answer?.text }
    }

    private struct Answer {
        /// Seconds: the window's middle.
        var middle: Double
        var answer: LegendPainter.Answer
    }

    private struct State: ~Copyable {
        var timeline: HeatTimeline?
        var carrier: HeldHeat?
        var carried: HeatPlane?
        /// Seconds: nothing before it says anything of what follows.
        var brokenAt = -Double.infinity
        var answers: [Answer] = []
    }

    /// Windows whose answers are kept: as many as may cover frames that wait, at any stride that is usual.
    private static let answersKept = 16

    private let latency: LiveRequest.Latency
    private let sign: HeatSign
    private let state = Mutex(State())

    init(latency: LiveRequest.Latency, sign: HeatSign = .absolute) {
        self.latency = latency
        self.sign = sign
    }

    /// - Throws: `invalidRequest` for signs that the method does not have.
    ///
    /// - Parameter name: of what is explained, as the caption has it without its probability.
    func add(
        _ explanation: Explanation, of due: SampleBuffer.Due, caption: String, name: String = ""
    ) throws(ModelError) {
        let (map, window) = (try explanation.shown(sign), due.window)
        state.withLock { state in
            switch latency {
            case .smooth:
                let timeline =
                    state.timeline
                    ?? HeatTimeline(
                        width: map.width, height: map.height, stride: window.times.count, sign: sign)
                timeline.add(
                    map.values.span, firstSample: window.firstSample, times: window.times, nextWindow: due.nextStart)
                state.timeline = timeline
            case .low:
                let carrier = state.carrier ?? HeldHeat(width: map.width, height: map.height, sign: sign)
                let carried = carrier.heat(after: map.values.span, frames: map.frames)
                if let first = window.times.first, first >= state.brokenAt { state.carried = carried }
                state.carrier = carrier
            }
            let middle = ((window.times.first ?? 0) + (window.times.last ?? 0)) / 2
            state.answers.append(
                Answer(
                    middle: middle,
                    answer: LegendPainter.Answer(text: caption, name: name, probability: explanation.probability)))
            if state.answers.count > Self.answersKept { state.answers.removeFirst() }
        }
    }

    /// The connection misses something before `time` seconds: what was explained before says nothing of what follows.
    func breakOff(at time: Double) {
        state.withLock { state in
            state.carried = nil
            state.brokenAt = time
        }
    }

    /// Whether no further window can change what is drawn over a frame at `time` seconds.
    func isFinal(at time: Double) -> Bool {
        latency == .low || state.withLock { $0.timeline.map { time < $0.finalizedUpTo } ?? false }
    }

    /// Seconds up to which no further window can change anything; nil where frames do not wait for that.
    var finalUpTo: Double? {
        latency == .low ? nil : state.withLock { $0.timeline?.finalizedUpTo }
    }

    /// What is to be drawn over a frame; times must not decrease from call to call.
    func drawn(at time: Double) -> Drawn {
        state.withLock { state in
            let plane = latency == .low ? state.carried : state.timeline?.heat(at: time)
            let nearest = state.answers.min { abs($0.middle - time) < abs($1.middle - time) }
            return Drawn(plane: plane, answer: nearest?.answer)
        }
    }
}
