import Encode
import Media

/// The drawing thread of a connection: it draws heat over frames and passes them to the outputs.
struct LiveWriter {
    let source: SourceProperties
    let mapping: FrameMapping
    let drawing: DrawingRequest
    /// The regions whose edges are drawn.
    let outlined: [FrameRegion]
    /// The method's name in the legend.
    let method: String
    let frames: FrameQueue
    let heat: LiveHeat
    let report: LiveReport
    let outputs: LiveOutputs
    let recorder: LiveRecorder?
    /// Queried when a frame is drawn, because its estimate is then better than at the frame's arrival.
    let wallClock: LiveWallClock

    /// - Throws: `MediaError` if frames cannot be drawn or encoded.
    func run() throws(MediaError) {
        let format = recorder?.format ?? CanvasFormat(source: source)
        let canvases = CanvasMaker(format: format)
        let overlay = Overlay(
            format: format, mapping: mapping, colormap: drawing.colormap, opacity: drawing.opacity,
            outlinesCrop: drawing.outlinesCrop)
        let outlines = outlined.map { region in
            RegionOutline(
                format: format, name: region.name, corners: region.polygon.points.map { (x: $0.x, y: $0.y) })
        }
        let legend = drawing.legend(format: format, method: method, duration: nil)
        let captions = LabelPainter(format: format)
        let preview = LivePreviewWriter(format: format, viewers: outputs.preview)
        let clock = ContinuousClock()
        var dates = MonotonicTimestamps()
        while let item = frames.next(isReady: { heat.isFinal(at: $0.time) }) {
            switch item {
            case .packet(let packet, let time):
                recorder?.write(packet, time: time)
            case .frame(let waiting):
                let taken = dates.date(wallClock.time(of: waiting.frame.time))
                let drawn = heat.drawn(at: waiting.frame.time)
                let canvas = try canvases.canvas(of: waiting.frame)
                if let plane = drawn.plane { try overlay.draw(plane, on: canvas) }
                for outline in outlines { try outline.draw(on: canvas) }
                if drawing.burnsLabels, legend == nil, let caption = drawn.caption {
                    try captions.draw([caption], on: canvas)
                }
                try legend?.draw(drawn.plane == nil ? nil : drawn.answer, at: waiting.frame.time, on: canvas)
                try preview.show(canvas, due: waiting.due, wallClock: taken)
                try recorder?.write(canvas, wallClock: taken)
                updateStatistics(isExplained: drawn.plane != nil, lag: (clock.now - waiting.due) / .seconds(1))
            }
        }
        try recorder?.finish()
    }

    private func updateStatistics(isExplained: Bool, lag: Double) {
        let unpublished = outputs.publisher?.dropped
        report.update { statistics in
            statistics.framesDrawn += 1
            if !isExplained { statistics.framesUnexplained += 1 }
            statistics.lag = max(0, lag)
            if let unpublished { statistics.framesUnpublished = unpublished }
        }
    }
}

/// Encodes a frame for viewers, if there are any and a frame is due.
private final class LivePreviewWriter {
    private let format: CanvasFormat
    private let viewers: LivePreview?
    private var encoder: PreviewEncoder?

    init(format: CanvasFormat, viewers: LivePreview?) {
        self.format = format
        self.viewers = viewers
    }

    /// - Parameter due: the frame's due time, which is even also if frames are drawn in bursts.
    func show(
        _ canvas: borrowing Canvas, due: ContinuousClock.Instant, wallClock: Double
    ) throws(MediaError) {
        guard let viewers, viewers.claim(at: due) else { return }
        if encoder == nil { encoder = try PreviewEncoder(format: format) }
        guard let jpeg = try encoder?.jpeg(of: canvas) else { return }
        viewers.publish(PreviewImage(jpeg: jpeg, wallClock: wallClock))
    }
}
