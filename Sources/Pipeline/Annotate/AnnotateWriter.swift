import Concurrency
import Encode
import Media

/// The writing thread of a job: draws, encodes, and completes the output file.
struct AnnotateWriter: Sendable {
    struct Report: Sendable {
        var warnings: [String] = []
        var frames = 0
        /// Seconds from the first frame to the end of the last.
        var duration = 0.0
        /// The contents of the label track.
        var labels: [LabelSchedule.Label] = []
        /// The first frame's time in the video, in seconds.
        var firstFrameTime = 0.0
    }

    let output: String
    let options: WriterOptions
    let painter: @Sendable (OpenedSource) throws -> any FramePainter
    let stop: StopRequest
    let input: BoundedQueue<ExplainedItem>
    let tally: ProgressTally

    func run() throws -> Report {
        guard case .opened(let source) = input.pop() else { throw CancellationError() }
        tally.expect(frames: source.properties.estimatedFrameCount)
        let painter = try painter(source)
        let writer = try VideoWriter(path: output, source: painter.source, format: painter.format, options: options)
        var report = Report(firstFrameTime: writer.firstFrameTime)

        while let item = input.pop() {
            try stop.checkAbort()
            switch item {
            case .opened:
                break
            case .frame(let frame, let heats, let answer):
                try writer.write(painter.canvas(of: frame, heats: heats, answer: answer))
                report.frames += 1
                report.duration = frame.time + source.properties.timeBase.seconds(frame.duration)
                tally.finishFrame(end: report.duration)
            case .packet(let packet):
                try writer.write(packet)
            case .label(let label):
                try writer.writeLabel(label.text, from: label.start, to: label.end)
                report.labels.append(label)
            }
        }
        if input.wasCancelled { throw CancellationError() }
        try stop.checkAbort()
        // Reading back a video of a day takes minutes, so progress is reported.
        try writer.finish(progress: tally.advance)
        report.warnings = writer.warnings
        return report
    }
}

/// Makes canvases from a job's frames and their heat; used only on the job's writing thread.
protocol FramePainter {
    /// The source's properties with the size and pixel aspect ratio of the canvases.
    var source: SourceProperties { get }
    /// The format of the canvases.
    var format: CanvasFormat { get }

    /// - Parameters:
    ///   - heats: one for each heat of the job; empty if no window explains the frame.
    ///   - answer: the answer to be drawn into the frame, if requested.
    func canvas(
        of frame: VideoFrame, heats: [HeatPlane], answer: LabelSchedule.Label?
    ) throws(MediaError) -> Canvas
}
