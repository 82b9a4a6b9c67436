import Concurrency
import Decode
import DequeModule
import Encode
import Engine
import Media

/// The final report of the explaining thread.
struct ExplainerReport<Record: Sendable>: Sendable {
    var records: [Record] = []
    var unexplained: [Sidecar.Gap] = []
    var warnings: [String] = []
    var clipWidth = 0
    var clipHeight = 0
}

/// The explaining thread of a job: it explains windows, and holds frames until all their heat is final.
///
/// At most a window and a stride of frames are held, all by reference.
struct AnnotateExplainer<Windows: WindowExplaining>: Sendable {
    typealias Report = ExplainerReport<Windows.Record>

    let windows: @Sendable (OpenedSource) throws -> Windows
    /// Whether frames are sent with the answer to be drawn into them.
    let hasCaptions: Bool
    /// The maximum size in bytes of the frames in the job's queues.
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
        // A window may take minutes: between its passes the job reports progress and yields the engine to cameras.
        let control = RunControl(isCancelled: { abort.isCancelled }) { _ in
            tally.advance()
            scheduler.yieldTurn(.job)
        }
        var state = State(source: source)
        var budget = FrameBudget(limit: frameLimit)

        while let item = input.pop() {
            try stop.checkAbort()
            switch item {
            case .opened:
                break
            case .item(let item):
                if case .frame(let frame) = item {
                    state.frameEnd = frame.end(source.properties)
                    state.newestTime = frame.time
                    try budget.reserve(frame, source: source)
                }
                state.pending.append(item)
            case .window(let window):
                // After a stop request no further window is begun, but the first is always explained.
                if stop.shouldFinishSoon, !state.report.records.isEmpty { continue }
                // The grid of samples may extend slightly beyond the last frame.
                let end = min(window.end, state.frameEnd)
                let explained = try scheduler.turn(.job, cancellation: abort) {
                    try windows.explain(window, end: end, control: control)
                }
                try add(explained, by: windows, of: window, end: end, to: &state)
                tally.finishWindow()
            }
            try release(&state, from: &budget)
        }
        if input.wasCancelled { throw CancellationError() }

        for timeline in state.timelines { timeline.finish() }
        if let end = state.explainedEnd, let label = state.labels?.finish(end: end) { try send(.label(label)) }
        if stop.shouldFinishSoon, let end = state.explainedEnd { state.pending.dropFrames(from: end) }
        try release(&state, from: &budget, all: true)
        // This happens before the video gets its final name, so that no file is left if it is stopped or fails.
        state.report.warnings = try windows.finish(&state.report.records)
        output.close()
        return state.report
    }

    private struct State {
        let source: OpenedSource
        /// One for each heat, all with the same windows.
        var timelines: [HeatTimeline] = []
        var pending = Deque<SourceItem>()
        var labels: LabelSchedule?
        /// The end of the last frame read, in seconds.
        var frameEnd = Double.infinity
        /// The time of the last frame read, in seconds.
        var newestTime = -Double.infinity
        /// The end of the explained part, in seconds.
        var explainedEnd: Double?
        var report = Report()

        /// The time in seconds before which heat is no longer needed.
        var neededFrom: Double {
            for case .frame(let frame) in pending { return frame.time }
            return newestTime
        }
    }

    /// Adds an explained window to the heat, the labels and the record.
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
        if explained.extendsRecord, let last = state.report.records.indices.last {
            windows.extend(&state.report.records[last], end: end)
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

    /// Sends the pending items that are final, in the source's order.
    private func release(_ state: inout State, from budget: inout FrameBudget, all: Bool = false) throws {
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
                budget.release(frame)
            }
            state.pending.removeFirst()
        }
    }

    private func send(_ item: ExplainedItem) throws {
        guard output.push(item) else { throw CancellationError() }
    }
}

extension Deque<SourceItem> {
    /// Drops the first frame at or after `end` seconds and all following items.
    fileprivate mutating func dropFrames(from end: Double) {
        let first = firstIndex { item in
            if case .frame(let frame) = item { frame.time >= end } else { false }
        }
        if let first { removeSubrange(first...) }
    }
}

extension [Sidecar.Gap] {
    /// Adds a frame without heat, to the last gap if that ends where the frame begins.
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
    /// The frame's end in seconds since the source's first frame; infinity if its duration is unknown.
    fileprivate func end(_ properties: SourceProperties) -> Double {
        duration > 0 ? time + properties.timeBase.seconds(duration) : .infinity
    }
}

extension Window {
    /// The seconds from the first sample to the end of the last, including padded samples.
    var duration: Double {
        guard let first = times.first, let last = times.last, times.count > 1 else { return 0 }
        return (last - first) * Double(times.count) / Double(times.count - 1)
    }

    /// The end of the last real sample, in seconds.
    var end: Double {
        guard let first = times.first else { return 0 }
        return first + duration * Double(times.count - paddedCount) / Double(max(1, times.count))
    }
}

extension ResolvedSampling {
    /// Whether windows share samples.
    var overlaps: Bool { stride < window }

    /// The stride as a fraction of the window.
    var strideFraction: Double { Double(stride) / Double(max(1, window)) }
}
