import Encode
import Media

/// Draws heat over the source's frames.
struct AnnotatePainter: FramePainter {
    let source: SourceProperties
    let format: CanvasFormat

    private let canvases: CanvasMaker
    private let overlay: Overlay
    /// Nil if the answer is not drawn or the legend contains it.
    private let captions: LabelPainter?
    private let legend: LegendPainter?

    /// - Parameter method: the method's name in the legend.
    init(_ source: OpenedSource, drawing: DrawingRequest, method: String) {
        self.source = source.properties
        format = CanvasFormat(source: source.properties)
        canvases = CanvasMaker(format: format)
        overlay = Overlay(
            format: format, mapping: source.mapping, colormap: drawing.colormap, opacity: drawing.opacity,
            outlinesCrop: drawing.outlinesCrop)
        captions = drawing.burnsLabels && !drawing.hasLegend ? LabelPainter(format: format) : nil
        legend = drawing.legend(
            format: format, method: method, duration: source.properties.expectedDuration)
    }

    func canvas(
        of frame: VideoFrame, heats: [HeatPlane], answer: LabelSchedule.Label?
    ) throws(MediaError) -> Canvas {
        let canvas = try canvases.canvas(of: frame)
        for heat in heats { try overlay.draw(heat, on: canvas) }
        if let answer { try captions?.draw([answer.text], on: canvas) }
        try legend?.draw(heats.isEmpty ? nil : answer.map(LegendPainter.Answer.init), at: frame.time, on: canvas)
        return canvas
    }
}
