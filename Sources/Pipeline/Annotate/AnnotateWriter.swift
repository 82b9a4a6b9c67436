import Concurrency
import Encode
import Media

/// The writing thread of a job: draws, encodes, and gives the finished file its name.
struct AnnotateWriter: Sendable {
    struct Report: Sendable {
        var warnings: [String] = []
        var frames = 0
        /// Seconds from the first frame to the end of the last.
        var duration = 0.0
        /// What stands in the label track.
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
        // A video of a day takes minutes to be read back.
        try writer.finish(progress: tally.advance)
        report.warnings = writer.warnings
        return report
    }
}

/// Turns a job's frames and their heat into canvases; used on the job's writing thread alone.
protocol FramePainter {
    /// The source, with the size and the pixels' shape of the canvases.
    var source: SourceProperties { get }
    /// Of the canvases.
    var format: CanvasFormat { get }

    /// - Parameters:
    ///   - heats: one per heat of the job; none where no window explains the frame.
    ///   - answer: what is to be drawn into the frame, if it is wanted.
    func canvas(
        of frame: VideoFrame, heats: [HeatPlane], answer: LabelSchedule.Label?
    ) throws(MediaError) -> Canvas
}
