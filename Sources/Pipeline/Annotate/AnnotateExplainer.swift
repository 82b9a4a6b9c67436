import Decode
import DequeModule
import Encode
import Engine

/// The explaining thread of an annotate job: windows go through the network, and pictures wait until their heat is final.
///
/// At most a window and a stride of pictures wait here; all by reference, none is copied.
struct AnnotateExplainer: Sendable {
    struct Report: Sendable {
        var windows: [Sidecar.WindowRecord] = []
        var unexplained: [Sidecar.Gap] = []
        var warnings: [String] = []
        var clipWidth = 0
        var clipHeight = 0
    }

    let model: LoadedModel
    let request: AnnotateRequest
    let threads: Int?
    let memoryLimit: Int
    let gate: EngineGate
    let stop: StopRequest
    let input: BoundedQueue<DecodedItem>
    let output: BoundedQueue<ExplainedItem>
    let tally: ProgressTally

    func run() throws -> Report {
        guard case .opened(let source) = input.pop() else { throw CancellationError() }
        try send(.opened(source))
        let explainer = try Explainer(
            model: model, request: request.saliency, threads: threads, memoryLimit: memoryLimit,
            keepsOverlap: source.sampling.stride < source.sampling.window)
        let abort = stop.abort
        let control = RunControl(isCancelled: { abort.isCancelled })
        var state = State(source: source, timeline: nil)
        var certain = CertainWindows(limit: request.trustWindows)

        while let item = input.pop() {
            try stop.checkAbort()
            switch item {
            case .opened:
                break
            case .item(let item):
                if case .picture(let frame) = item { state.pictureEnd = frame.end(source.properties) }
                state.pending.append(item)
            case .window(let window):
                // Asked to stop, no further window is begun; the first is always explained.
                if stop.shouldFinishSoon, !state.report.windows.isEmpty { continue }
                let explanation = try gate.turn(.job, cancellation: abort) {
                    try explainer.explain(window, control: control)
                }
                try add(explanation, of: window, to: &state)
                certain.add(window, probability: explanation.probability)
                tally.finishWindow()
            }
            try release(&state)
        }
        if input.wasCancelled { throw CancellationError() }

        state.timeline?.finish()
        if let end = state.explainedEnd, let label = state.labels?.finish(end: end) { try send(.label(label)) }
        if stop.shouldFinishSoon, let end = state.explainedEnd { state.pending.dropPictures(from: end) }
        try release(&state, all: true)
        try measure(certain.windows, explainer, &state.report)
        output.close()
        return state.report
    }

    /// Before the video is given its last name: nothing is left if this is stopped or fails.
    private func measure(_ windows: [Window], _ explainer: Explainer, _ report: inout Report) throws {
        let measurer = WindowTrustMeasurer(
            model: model, explainer: explainer, memoryLimit: memoryLimit, seed: request.saliency.seed, gate: gate,
            stop: stop)
        let measured = try measurer.measure(windows)
        for (window, trust) in zip(windows, measured) {
            guard let place = report.windows.firstIndex(where: { $0.index == window.index }) else { continue }
            report.windows[place].trust = trust
        }
        let left = windows.count - measured.count
        guard left > 0 else { return }
        report.warnings.append(
            "\(left) \(left == 1 ? "window was" : "windows were") not measured whether to be trusted: the job was asked to end"
        )
    }

    private struct State {
        let source: OpenedSource
        var timeline: HeatTimeline?
        var pending = Deque<SourceItem>()
        var labels: LabelSchedule?
        /// Seconds: the end of the last picture read.
        var pictureEnd = Double.infinity
        /// Seconds; what lies behind it was not explained.
        var explainedEnd: Double?
        var report = Report()
    }

    /// Takes one explanation into the heat, the labels and the record.
    private func add(_ explanation: Explanation, of window: Window, to state: inout State) throws {
        let sign = request.saliency.sign
        let map = try explanation.shown(sign)
        let timeline =
            state.timeline
            ?? HeatTimeline(
                width: map.width, height: map.height, stride: state.source.sampling.stride, sign: sign)
        timeline.add(
            map.values.span, firstSample: window.firstSample, times: window.times, paddedCount: window.paddedCount)
        state.timeline = timeline

        var record = Sidecar.WindowRecord(window, explanation, manifest: model.manifest)
        // The grid of samples may reach a little beyond the last picture.
        record.end = min(record.end, state.pictureEnd)
        state.report.windows.append(record)
        state.report.clipWidth = map.width
        state.report.clipHeight = map.height
        state.explainedEnd = record.end

        var labels =
            state.labels
            ?? LabelSchedule(
                windowLength: window.duration, stride: window.duration * state.source.sampling.strideFraction)
        let caption = explanation.caption(labels: model.manifest.labels)
        if let label = labels.add(caption, start: record.start, end: record.end) {
            try send(.label(label))
        }
        state.labels = labels
    }

    /// Sends on what is waiting and final, in the source's order.
    private func release(_ state: inout State, all: Bool = false) throws {
        while let item = state.pending.first {
            switch item {
            case .packet(let packet):
                try send(.packet(packet))
            case .picture(let frame):
                guard all || frame.time < state.timeline?.finalizedUpTo ?? -.infinity else { return }
                let heat = state.timeline?.heat(at: frame.time)
                if heat == nil { state.report.unexplained.extend(with: frame, of: state.source.properties) }
                let caption = request.drawing.burnsLabels ? state.labels?.label(at: frame.time)?.text : nil
                try send(.picture(frame, heat: heat, caption: caption))
            }
            state.pending.removeFirst()
        }
    }

    private func send(_ item: ExplainedItem) throws {
        guard output.push(item) else { throw CancellationError() }
    }
}

extension Deque<SourceItem> {
    /// Drops every picture at or behind `end` seconds, and the packets that stand behind the first of them.
    fileprivate mutating func dropPictures(from end: Double) {
        let first = firstIndex { item in
            if case .picture(let frame) = item { frame.time >= end } else { false }
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
    /// Seconds since the source's first picture; infinity if it is not known how long this one is shown.
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
    /// The stride as a part of the window.
    var strideFraction: Double { Double(stride) / Double(max(1, window)) }
}
