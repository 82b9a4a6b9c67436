import CKernels
import Media

/// Draws heat over frames: maps it back to the source's pixels, enlarges it bilinearly, colours it, and blends it with
/// an opacity proportional to the heat. Signed heat requires a signed colormap: heat 128 is then transparent, like heat
/// 0 otherwise, also where it results from interpolation between heat of opposite signs.
///
/// Samples outside the network's frame (beside the crop) stay unchanged; a chroma sample that covers pixels on both
/// sides of the edge counts as outside. If the network's frame does not cover the source's, a line can mark its edge.
/// Not thread-safe: one thread draws.
public final class Overlay {
    private let format: CanvasFormat
    private let mapping: FrameMapping
    private let kernels: saliency_overlay_kernels
    private let outline: CropOutline?
    /// The blending tables of luma, Cb and Cr by heat.
    private let luma: saliency_blend_table
    private let cb: saliency_blend_table
    private let cr: saliency_blend_table
    /// The plane painters for one size of heat, which rarely changes.
    private var painters: (width: Int, height: Int, luma: PlanePainter, chroma: PlanePainter)?

    /// - Parameters:
    ///   - mapping: the position of the network's frame in the source's.
    ///   - opacity: the opacity of the maximum heat, 0…1; less heat is drawn with proportionally less opacity.
    ///   - outlinesCrop: whether the edge of a crop is marked.
    public convenience init(
        format: CanvasFormat, mapping: FrameMapping, colormap: Colormap, opacity: Double, outlinesCrop: Bool = false
    ) {
        self.init(
            format: format, mapping: mapping, colormap: colormap, opacity: opacity, outlinesCrop: outlinesCrop,
            kernels: saliency_overlay_kernels_for(saliency_isa_preferred())?.pointee ?? saliency_overlay_scalar_kernels)
    }

    init(
        format: CanvasFormat, mapping: FrameMapping, colormap: Colormap, opacity: Double,
        outlinesCrop: Bool = false, kernels: saliency_overlay_kernels
    ) {
        self.format = format
        self.mapping = mapping
        self.kernels = kernels
        outline = outlinesCrop ? CropOutline(format: format, mapping: mapping) : nil
        let convert = YCbCrConversion(format.color)
        luma = Self.blendTable(colormap, opacity) { convert(colormap.color($0)).y }
        cb = Self.blendTable(colormap, opacity) { convert(colormap.color($0)).cb }
        cr = Self.blendTable(colormap, opacity) { convert(colormap.color($0)).cr }
    }

    /// Draws `heat`, which covers the network's frame, over `canvas`.
    ///
    /// - Throws: `MediaError.damaged` if there is no memory for a copy of the frame.
    public func draw(_ heat: HeatPlane, on canvas: borrowing Canvas) throws(MediaError) {
        try canvas.makeWritable()
        let (luma, chroma) = painters(for: heat)
        luma.load(heat)
        canvas.withPlane(0) { luma.paint($0, self.luma, by: kernels) }
        chroma.load(heat)
        canvas.withPlane(1) { chroma.paint($0, cb, by: kernels) }
        canvas.withPlane(2) { chroma.paint($0, cr, by: kernels) }
        outline?.draw(on: canvas)
    }

    private func painters(for heat: HeatPlane) -> (luma: PlanePainter, chroma: PlanePainter) {
        if let painters, painters.width == heat.width, painters.height == heat.height {
            return (painters.luma, painters.chroma)
        }
        let luma = PlanePainter(format: format, mapping: mapping, heat: heat, isChroma: false)
        let chroma =
            format.isSubsampled ? PlanePainter(format: format, mapping: mapping, heat: heat, isChroma: true) : luma
        painters = (heat.width, heat.height, luma, chroma)
        return (luma, chroma)
    }

    private static func blendTable(
        _ colormap: Colormap, _ opacity: Double, _ value: (UInt8) -> UInt8
    ) -> saliency_blend_table {
        let opacity = min(max(opacity, 0), 1)
        let levels = UInt8.min...UInt8.max
        var table = saliency_blend_table()
        saliency_blend_table_fill(
            &table, levels.map { UInt8((Double(colormap.strength($0)) * opacity).rounded()) }, levels.map(value))
        return table
    }
}
