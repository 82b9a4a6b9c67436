import Concurrency
import Engine

/// The explaining thread of a connection: it repeatedly explains the newest window, as fast as the engine allows, but
/// not more closely than the requested stride.
struct LiveExplainer {
    let connection: Int
    let engine: LiveEngine
    let samples: SampleBuffer
    let frames: FrameQueue
    let heat: LiveHeat
    let regions: RegionWeights
    let report: LiveReport
    let outputs: LiveOutputs
    let stop: StopRequest
    /// Maps seconds since the connection's first frame to the wall clock.
    let wallClock: LiveWallClock

    /// - Throws: `ModelError` if the network cannot process the source's frames.
    func run(planner: StridePlanner) throws {
        var planner = planner
        var dates = MonotonicTimestamps()
        var doubt = LiveMotionDoubt(model: engine.description)
        report.update { $0.usualStride = planner.usual }
        while samples.waitUntilDue(stride: planner.stride) {
            let result: LiveEngine.Result
            do {
                let explained = try engine.explain(cancellation: stop.abort) {
                    samples.takeNewest(stride: planner.stride)
                }
                guard let explained else { continue }
                result = explained
            } catch {
                // After an abort the unfinished window is discarded.
                if stop.abort.isCancelled { return }
                throw error
            }
            let due = result.due
            planner.update(cost: result.computed)
            let explanation = regions.masked(result.explanation)
            let zones = regions.shares(of: explanation.map)
            let answer = explanation.answer(labels: engine.manifest.labels)
            try heat.add(
                explanation, of: due, caption: explanation.caption(labels: engine.manifest.labels),
                name: explanation.name(labels: engine.manifest.labels))
            frames.wake(finalUpTo: heat.finalUpTo)
            report.update { statistics in
                statistics.windows += 1
                statistics.windowsSkipped += UInt64(due.skipped)
                statistics.stride = max(due.stride ?? 0, planner.stride)
                statistics.windowSeconds = result.computed
                statistics.waitSeconds = result.waited
                statistics.label = answer.label ?? "class \(answer.index)"
                statistics.probability = answer.probability
                statistics.zones = zones
            }
            outputs.onWindow(record(due, explanation, answer, zones, &dates))
            let best = explanation.topK(1, labels: engine.manifest.labels).first
            let (start, end) = (due.window.times.first ?? 0, due.window.end)
            if let warning = doubt.warning(after: best, from: start, to: end) { outputs.onWarning(warning) }
        }
    }

    private func record(
        _ due: SampleBuffer.Due, _ explanation: Explanation, _ answer: Explanation.Prediction,
        _ zones: [ZoneShare], _ dates: inout MonotonicTimestamps
    ) -> LiveWindow {
        let window = due.window
        let start = window.times.first ?? 0
        // The window has no gap, so its end follows from its start and duration.
        let wallClockStart = dates.date(wallClock.time(of: start))
        let sum = explanation.map.values.reduce(0.0) { $0 + Double($1) }
        return LiveWindow(
            connection: connection, index: window.index, start: wallClockStart,
            end: wallClockStart + (window.end - start),
            sourceStart: start, sourceEnd: window.end, classIndex: answer.index, label: answer.label,
            probability: answer.probability, mass: sum / Double(max(explanation.map.frames, 1)), zones: zones,
            stride: due.stride, isDamaged: window.containsCorruption)
    }
}
