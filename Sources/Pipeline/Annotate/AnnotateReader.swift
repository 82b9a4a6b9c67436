import Concurrency
import Decode
import Engine
import Files
import Media

/// The reading thread of a job: reads the source's items, and sends items and complete windows.
struct AnnotateReader: Sendable {
    struct Report: Sendable {
        var properties: SourceProperties?
        var warnings: [SourceWarning] = []
        /// Whether the job was asked to stop before the source's end.
        var isInterrupted = false
    }

    let input: String
    /// The input's file, if it is already open.
    let held: HeldFile?
    let sampling: ResolvedSampling
    /// The maximum duration of the video in seconds; nil for no limit.
    let longest: Double?
    let stop: StopRequest
    let output: BoundedQueue<DecodedItem>

    /// Reads to the end, or until the job is asked to stop.
    func run() throws -> Report {
        let source = try SourceOpener.open(
            input, held: held, options: sampling.source, cancellation: stop.abort)
        try check(source.properties.duration, source.properties)
        let clips = try ClipWindow(source: source.properties, sampling: sampling)
        try send(.opened(OpenedSource(properties: source.properties, sampling: sampling, mapping: clips.mapping)))

        var report = Report()
        var windowCount = 0
        while let item = try source.next() {
            try stop.checkAbort()
            if case .frame(let frame) = item { try check(frame.time, source.properties) }
            try send(.item(item))
            if case .frame(let frame) = item {
                for window in try clips.append(frame) {
                    try send(.window(window))
                    windowCount += 1
                }
            }
            if stop.shouldFinishSoon {
                report.isInterrupted = true
                break
            }
        }
        // If the stop request comes before the first window is complete, its incomplete window is still explained.
        if !report.isInterrupted || windowCount == 0 {
            for window in try clips.finish() { try send(.window(window)) }
        }
        // This is checked before the writer learns of the end, so that a file that was changed meanwhile gets no
        // output.
        if held?.isUnchanged == false { throw MediaError(.cannotOpen, "was written to while it was read", file: input) }
        report.properties = source.properties
        report.warnings = source.warnings
        output.close()
        return report
    }

    /// - Parameter seconds: the video's minimum duration, by its container or by the frames read.
    private func check(_ seconds: Double?, _ properties: SourceProperties) throws(MediaError) {
        guard let longest, let seconds, seconds > longest else { return }
        throw MediaError(
            .refused,
            "is \(Int(seconds.rounded(.up))) s long or longer, and longest-video allows \(Int(longest)) s",
            file: properties.name)
    }

    private func send(_ item: DecodedItem) throws {
        guard output.push(item) else { throw CancellationError() }
    }
}
