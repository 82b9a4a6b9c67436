import Concurrency
import Decode
import DequeModule
import Encode
import Engine
import Media

/// What the explaining thread has to say at its end.
struct ExplainerReport<Record: Sendable>: Sendable {
    var records: [Record] = []
    var unexplained: [Sidecar.Gap] = []
    var warnings: [String] = []
    var clipWidth = 0
    var clipHeight = 0
}

/// The explaining thread of a job: windows are explained, and frames wait until all their heat is final.
///
/// At most a window and a stride of frames wait here; all by reference, none is copied.
struct AnnotateExplainer<Windows: WindowExplaining>: Sendable {
    typealias Report = ExplainerReport<Windows.Record>

    let windows: @Sendable (OpenedSource) throws -> Windows
    /// Whether frames carry the answer to draw into them.
    let hasCaptions: Bool
    /// Bytes that frames on their way through the job may take.
    let frameLimit: Int
    let scheduler: EngineScheduler
    let stop: StopRequest
    let input: BoundedQueue<DecodedItem>
    let output: BoundedQueue<ExplainedItem>
    let tally: ProgressTally

    func run() throws -> Report {
        guard case .opened(let source) = input.pop() else { throw CancellationError() }
        try send(.opened(source))
        let windows = try windows(source)
        let abort = stop.abort
        // A window may take minutes: between its passes the job shows that it goes on, and lets cameras go first.
        let control = RunControl(isCancelled: { abort.isCancelled }) { _ in
            tally.advance()
            scheduler.rest(.job)
        }
        var state = State(source: source)
        var room = FrameBudget(limit: frameLimit)

        while let item = input.pop() {
            try stop.checkAbort()
            switch item {
            case .opened:
                break
            case .item(let item):
                if case .frame(let frame) = item {
                    state.frameEnd = frame.end(source.properties)
                    state.newestTime = frame.time
                    try room.take(frame, source: source)
                }
                state.pending.append(item)
            case .window(let window):
                // Asked to stop, no further window is begun; the first is always explained.
                if stop.shouldFinishSoon, !state.report.records.isEmpty { continue }
                // The grid of samples may reach a little beyond the last frame.
                let end = min(window.end, state.frameEnd)
                let explained = try scheduler.turn(.job, cancellation: abort) {
                    try windows.explain(window, end: end, control: control)
                }
                try add(explained, by: windows, of: window, end: end, to: &state)
                tally.finishWindow()
            }
            try release(&state, from: &room)
        }
        if input.wasCancelled { throw CancellationError() }

        for timeline in state.timelines { timeline.finish() }
        if let end = state.explainedEnd, let label = state.labels?.finish(end: end) { try send(.label(label)) }
        if stop.shouldFinishSoon, let end = state.explainedEnd { state.pending.dropFrames(from: end) }
        try release(&state, from: &room, all: true)
        // Before the video is given its last name: nothing is left if this is stopped or fails.
        state.report.warnings = try windows.finish(&state.report.records)
        output.close()
        return state.report
    }

    private struct State {
        let source: OpenedSource
        /// One per heat, all of the same windows.
        var timelines: [HeatTimeline] = []
        var pending = Deque<SourceItem>()
        var labels: LabelSchedule?
        /// Seconds: the end of the last frame read.
        var frameEnd = Double.infinity
        /// Seconds: of the last frame read.
        var newestTime = -Double.infinity
        /// Seconds; what lies behind it was not explained.
        var explainedEnd: Double?
        var report = Report()

        /// Seconds: heat before it is asked for no more.
        var neededFrom: Double {
            for case .frame(let frame) in pending { return frame.time }
            return newestTime
        }
    }

    /// Takes one explained window into the heat, the labels and the record.
    private func add(
        _ explained: ExplainedWindow<Windows.Record>, by windows: Windows, of window: Window, end: Double,
        to state: inout State
    ) throws {
        if state.timelines.isEmpty {
            state.timelines = explained.shown.map {
                HeatTimeline(
                    width: $0.map.width, height: $0.map.height, stride: state.source.sampling.stride, sign: $0.sign)
            }
        }
        for (timeline, shown) in zip(state.timelines, explained.shown) {
            timeline.add(
                shown.map.values.span, firstSample: window.firstSample, times: window.times,
                paddedCount: window.paddedCount, neededFrom: state.neededFrom, repeatsLast: explained.repeatsLast)
        }
        if explained.prolongsRecord, let last = state.report.records.indices.last {
            windows.prolong(&state.report.records[last], end: end)
        } else {
            state.report.records.append(explained.record)
        }
        state.report.clipWidth = explained.shown.first?.map.width ?? 0
        state.report.clipHeight = explained.shown.first?.map.height ?? 0
        state.explainedEnd = end

        var labels =
            state.labels
            ?? LabelSchedule(
                windowLength: window.duration, stride: window.duration * state.source.sampling.strideFraction)
        if let label = labels.add(
            explained.caption, name: explained.name, probability: explained.probability,
            start: window.times.first ?? 0, end: end)
        {
            try send(.label(label))
        }
        state.labels = labels
    }

    /// Sends on what is waiting and final, in the source's order.
    private func release(_ state: inout State, from room: inout FrameBudget, all: Bool = false) throws {
        while let item = state.pending.first {
            switch item {
            case .packet(let packet):
                try send(.packet(packet))
            case .frame(let frame):
                guard all || frame.time < state.timelines.first?.finalizedUpTo ?? -.infinity else { return }
                let heats = state.timelines.compactMap { $0.heat(at: frame.time) }
                if heats.isEmpty { state.report.unexplained.extend(with: frame, of: state.source.properties) }
                let answer = hasCaptions ? state.labels?.label(at: frame.time) : nil
                try send(.frame(frame, heats: heats, answer: answer))
                room.give(frame)
            }
            state.pending.removeFirst()
        }
    }

    private func send(_ item: ExplainedItem) throws {
        guard output.push(item) else { throw CancellationError() }
    }
}

extension Deque<SourceItem> {
    /// Drops every frame at or behind `end` seconds, and the packets that stand behind the first of them.
    fileprivate mutating func dropFrames(from end: Double) {
        let first = firstIndex { item in
            if case .frame(let frame) = item { frame.time >= end } else { false }
        }
        if let first { removeSubrange(first...) }
    }
}

extension [Sidecar.Gap] {
    /// Adds a frame without heat: to the last gap if that ends where the frame begins.
    fileprivate mutating func extend(with frame: VideoFrame, of properties: SourceProperties) {
        let end = frame.time + properties.timeBase.seconds(frame.duration)
        if let last, abs(last.end - frame.time) < 1e-3 {
            self[count - 1].end = end
        } else {
            append(Sidecar.Gap(start: frame.time, end: end))
        }
    }
}

extension VideoFrame {
    /// Seconds since the source's first frame; infinity if it is not known how long this one is shown.
    fileprivate func end(_ properties: SourceProperties) -> Double {
        duration > 0 ? time + properties.timeBase.seconds(duration) : .infinity
    }
}

extension Window {
    /// Seconds from the first sample to the end of the last, were none padded.
    var duration: Double {
        guard let first = times.first, let last = times.last, times.count > 1 else { return 0 }
        return (last - first) * Double(times.count) / Double(times.count - 1)
    }

    /// Seconds: the end of the last real sample.
    var end: Double {
        guard let first = times.first else { return 0 }
        return first + duration * Double(times.count - paddedCount) / Double(max(1, times.count))
    }
}

extension ResolvedSampling {
    /// Whether windows share samples.
    var overlaps: Bool { stride < window }

    /// The stride as a part of the window.
    var strideFraction: Double { Double(stride) / Double(max(1, window)) }
}
