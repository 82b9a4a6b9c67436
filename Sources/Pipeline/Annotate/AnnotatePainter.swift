import Decode
import Encode

/// Heat over the picture itself.
struct AnnotatePainter: PicturePainter {
    let source: SourceProperties
    let format: CanvasFormat

    private let canvases: CanvasMaker
    private let overlay: Overlay
    private let captions: LabelPainter

    init(_ source: OpenedSource, drawing: DrawingRequest) {
        self.source = source.properties
        format = CanvasFormat(source: source.properties)
        canvases = CanvasMaker(format: format)
        overlay = Overlay(
            format: format, mapping: source.mapping, colormap: drawing.colormap, opacity: drawing.opacity)
        captions = LabelPainter(format: format)
    }

    func canvas(of frame: VideoFrame, heats: [HeatPlane], caption: String?) throws(MediaError) -> Canvas {
        let canvas = try canvases.canvas(of: frame)
        for heat in heats { try overlay.draw(heat, on: canvas) }
        if let caption { try captions.draw([caption], on: canvas) }
        return canvas
    }
}
