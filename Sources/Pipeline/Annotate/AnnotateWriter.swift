import Decode
import Encode

/// The writing thread of an annotate job: draws heat, encodes, and gives the finished file its name.
struct AnnotateWriter: Sendable {
    struct Report: Sendable {
        var warnings: [String] = []
        var frames = 0
        /// Seconds from the first frame to the end of the last.
        var duration = 0.0
    }

    let request: AnnotateRequest
    let stop: StopRequest
    let input: BoundedQueue<ExplainedItem>
    let tally: ProgressTally

    func run() throws -> Report {
        guard case .opened(let source) = input.pop() else { throw CancellationError() }
        tally.expect(frames: source.properties.estimatedFrameCount)
        let writer = try VideoWriter(
            path: request.output, source: source.properties,
            options: WriterOptions(
                replacesExisting: request.isReplacing, hasLabels: true, video: request.video,
                origin: request.origin))
        let canvases = CanvasMaker(format: writer.format)
        let overlay = Overlay(
            format: writer.format, mapping: source.mapping, colormap: request.drawing.colormap,
            opacity: request.drawing.opacity)
        let captions = LabelPainter(format: writer.format)
        var report = Report()

        while let item = input.pop() {
            try stop.checkAbort()
            switch item {
            case .opened:
                break
            case .picture(let frame, let heat, let caption):
                let canvas = try canvases.canvas(of: frame)
                if let heat { try overlay.draw(heat, on: canvas) }
                if let caption { try captions.draw([caption], on: canvas) }
                try writer.write(canvas)
                report.frames += 1
                report.duration = frame.time + source.properties.timeBase.seconds(frame.duration)
                tally.finishFrame(end: report.duration)
            case .packet(let packet):
                try writer.write(packet)
            case .label(let label):
                try writer.writeLabel(label.text, from: label.start, to: label.end)
            }
        }
        if input.wasCancelled { throw CancellationError() }
        try stop.checkAbort()
        try writer.finish()
        report.warnings = writer.warnings
        return report
    }
}
