import Encode
import Engine
import Media

/// Draws the source, and beside it the source with each method's heat.
struct ComparePainter: FramePainter {
    let source: SourceProperties
    let format: CanvasFormat

    private let sheet: PaneSheet
    private let panes: CanvasMaker
    /// One per method, because signed heat has different colours.
    private let overlays: [Overlay]
    /// One per method; empty without legends.
    private let legends: [LegendPainter]
    private let name: String
    private let methods: [PaneTitle]

    /// - Throws: `ModelError.invalidRequest` if the panes do not fit into one frame.
    init(_ source: OpenedSource, request: CompareRequest) throws(ModelError) {
        let layout = try Self.layout(source.properties, request)
        sheet = PaneSheet(layout: layout, source: source.properties)
        format = sheet.format
        panes = CanvasMaker(format: sheet.paneFormat)
        let paneFormat = sheet.paneFormat
        let mapping = source.mapping.scaled(
            x: Double(layout.paneWidth) / Double(source.properties.width),
            y: Double(layout.paneHeight) / Double(source.properties.height))
        func overlay(_ sign: HeatSign) -> Overlay {
            Overlay(
                format: paneFormat, mapping: mapping, colormap: request.drawing.colormap(for: sign),
                opacity: request.drawing.opacity, outlinesCrop: request.drawing.outlinesCrop)
        }
        let (absolute, signed) = (overlay(.absolute), overlay(.signed))
        overlays = request.methods.map { $0.sign == .signed ? signed : absolute }
        legends =
            request.drawing.hasLegend
            ? request.methods.map { method in
                LegendPainter(
                    format: paneFormat, colormap: request.drawing.colormap(for: method.sign),
                    opacity: request.drawing.opacity, method: method.label, duration: source.properties.expectedDuration
                )
            } : []
        name = request.input.split(separator: "/").last.map(String.init) ?? request.input
        methods = request.methods.map { PaneTitle($0.method.rawValue, detail: $0.distinction) }
        self.source = source.properties.rearranged(width: layout.width, height: layout.height)
    }

    static func layout(_ source: SourceProperties, _ request: CompareRequest) throws(ModelError) -> PaneLayout {
        do throws(MediaError) {
            return try PaneLayout(
                count: request.methods.count + 1, width: source.width, height: source.height,
                aspect: source.sampleAspectRatio, paneWidth: request.paneWidth)
        } catch {
            throw ModelError(.invalidRequest, error.reason + "; a smaller --pane-width makes room")
        }
    }

    func canvas(
        of frame: VideoFrame, heats: [HeatPlane], answer: LabelSchedule.Label?
    ) throws(MediaError) -> Canvas {
        let pane = try panes.canvas(of: frame)
        let canvas = try sheet.canvas(
            titles: [PaneTitle(name, detail: answer?.text)] + methods, pts: frame.pts, duration: frame.duration)
        sheet.paste(pane, at: 0, on: canvas)
        for index in methods.indices {
            let heated = try pane.reference()
            if index < heats.count { try overlays[index].draw(heats[index], on: heated) }
            if !legends.isEmpty {
                try legends[index].draw(
                    index < heats.count ? answer.map(LegendPainter.Answer.init) : nil, at: frame.time, on: heated)
            }
            sheet.paste(heated, at: index + 1, on: canvas)
        }
        return canvas
    }
}

extension FrameMapping {
    /// The mapping to the source's frame scaled by these factors.
    fileprivate func scaled(x: Double, y: Double) -> FrameMapping {
        FrameMapping(
            clipWidth: clipWidth, clipHeight: clipHeight, originX: originX * x, originY: originY * y,
            scaleX: scaleX * x, scaleY: scaleY * y)
    }
}
