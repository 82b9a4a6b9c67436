import Encode
import Engine
import Synchronization

/// The heat of one connection, passed from the explaining to the drawing thread.
///
/// Smooth heat is cross-faded over the windows that cover a frame, and is final when no further window can cover it;
/// low latency uses the newest window's heat.
final class LiveHeat: Sendable {
    /// The content to draw over a frame.
    struct Drawn: Sendable {
        /// Nil if no window explains the frame.
        var plane: HeatPlane?
        /// The answer of the nearest window.
        var answer: LegendPainter.Answer?

        var caption: String? { answer?.text }
    }

    private struct Answer {
        /// The window's middle, in seconds.
        var middle: Double
        var answer: LegendPainter.Answer
    }

    private struct State: ~Copyable {
        var timeline: HeatTimeline?
        var heldHeat: HeldHeat?
        var held: HeatPlane?
        /// The end of the last gap, in seconds: earlier windows are not valid after it.
        var gapEnd = -Double.infinity
        var answers: [Answer] = []
    }

    /// The number of answers kept: enough for the windows that may cover waiting frames at usual strides.
    private static let answersKept = 16

    private let latency: LiveRequest.Latency
    private let sign: HeatSign
    private let state = Mutex(State())

    init(latency: LiveRequest.Latency, sign: HeatSign = .absolute) {
        self.latency = latency
        self.sign = sign
    }

    /// - Throws: `invalidRequest` if signed maps are requested of a method without signs.
    ///
    /// - Parameter name: the class's name without the probability.
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
                let heldHeat = state.heldHeat ?? HeldHeat(width: map.width, height: map.height, sign: sign)
                let held = heldHeat.heat(after: map.values.span, frames: map.frames)
                if let first = window.times.first, first >= state.gapEnd { state.held = held }
                state.heldHeat = heldHeat
            }
            let middle = ((window.times.first ?? 0) + (window.times.last ?? 0)) / 2
            state.answers.append(
                Answer(
                    middle: middle,
                    answer: LegendPainter.Answer(text: caption, name: name, probability: explanation.probability)))
            if state.answers.count > Self.answersKept { state.answers.removeFirst() }
        }
    }

    /// Marks a gap before `time` seconds: earlier explanations are not valid after it.
    func markGap(at time: Double) {
        state.withLock { state in
            state.held = nil
            state.gapEnd = time
        }
    }

    /// Whether no further window can change the heat of a frame at `time` seconds.
    func isFinal(at time: Double) -> Bool {
        latency == .low || state.withLock { $0.timeline.map { time < $0.finalizedUpTo } ?? false }
    }

    /// The time in seconds up to which heat is final; nil if frames do not wait for heat.
    var finalUpTo: Double? {
        latency == .low ? nil : state.withLock { $0.timeline?.finalizedUpTo }
    }

    /// The content to draw over a frame; times must not decrease from call to call.
    func drawn(at time: Double) -> Drawn {
        state.withLock { state in
            let plane = latency == .low ? state.held : state.timeline?.heat(at: time)
            let nearest = state.answers.min { abs($0.middle - time) < abs($1.middle - time) }
            return Drawn(plane: plane, answer: nearest?.answer)
        }
    }
}
