import CFFmpeg
import Media

/// Converts a source's frame to the network's: one swscale pass from the decoder's samples to RGB (or grey) converts
/// colour matrix, range, size and aspect ratio; then high dynamic range is mapped to standard range, and the frame is
/// cropped.
///
/// The filter is bilinear, widened for downscaling to avoid aliasing. An RGB source of exactly the network's size is
/// passed through bit for bit. Not thread-safe.
public final class FrameConverter {
    public enum Output: Sendable {
        /// `[H, W, 3]`
        case rgb
        /// `[H, W, 1]`
        case gray

        var format: AVPixelFormat { self == .rgb ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_GRAY8 }
        var channels: Int { self == .rgb ? 3 : 1 }
    }

    /// Maps a `ClipFrame`'s pixels to the upright source frame.
    public var mapping: FrameMapping { geometry.mapping }

    private let geometry: FrameGeometry
    private let color: ColorDescription
    private let output: Output
    private var plan: Plan?
    private var scaler: ScalerContext?
    /// The tone map for `plan`'s source; nil for standard range.
    private var toneMap: ToneMap?

    /// Mid grey, which a network with inputs 2x/255 − 1 reads as about 0.
    private static let barValue: UInt8 = 128

    /// The conversion for one layout, created for the first frame and again if the layout changes.
    private struct Plan {
        let source: FrameLayout
        let partX: AxisPart
        let partY: AxisPart
    }

    /// - Parameters:
    ///   - source: its size, aspect ratio and colour; every frame converted must be of that size.
    ///   - preparation: how the network's frame is made.
    /// - Throws: `MediaError.refused` for a preparation that is invalid for the source.
    public init(
        source: SourceProperties, preparation: FramePreparation, output: Output = .rgb
    ) throws(MediaError) {
        do throws(MediaError) {
            geometry = try FrameGeometry(
                width: source.width, height: source.height, aspect: source.sampleAspectRatio, preparation: preparation)
        } catch {
            throw error.located(file: source.name)
        }
        color = source.color
        self.output = output
    }

    /// Converts `frame` to the network's frame.
    ///
    /// - Throws: `MediaError.damaged` if the frame's size differs from the source's or swscale cannot read its format.
    public func convert(_ frame: VideoFrame) throws(MediaError) -> ClipFrame {
        ClipFrame(
            pixels: .bytes(try pixels(of: frame)), width: geometry.clipWidth, height: geometry.clipHeight,
            channels: output.channels, sourceIndex: frame.index, sourceTime: frame.time, isCorrupt: frame.isCorrupt)
    }

    /// Samples `[H, W, C]`, 0…255.
    func pixels(of frame: VideoFrame) throws(MediaError) -> [UInt8] {
        let plan = try prepare(
            for: FrameLayout(frame.buffer, color: ColorDescription(stated: frame.buffer, fallback: color)))
        // swscale writes slightly beyond the end of rows, so the output is a padded frame and not the array.
        let converted = try FrameBuffer.allocate(
            width: plan.partX.resizedCount, height: plan.partY.resizedCount, format: convertedFormat)
        switch scaler {
        case .some(let scaler):
            try scaler.convert(
                frame.buffer, originX: plan.partX.sourceStart, originY: plan.partY.sourceStart, into: converted)
        case .none: break
        }
        guard let toneMap else { return crop(converted, plan) }
        let mapped = try FrameBuffer.allocate(
            width: plan.partX.resizedCount, height: plan.partY.resizedCount, format: output.format)
        try toneMap.map(converted, into: mapped)
        return crop(mapped, plan)
    }

    /// swscale's output format: the network's, or the tone map's input.
    private var convertedFormat: AVPixelFormat { toneMap == nil ? output.format : AV_PIX_FMT_RGB48LE }

    private func prepare(for layout: FrameLayout) throws(MediaError) -> Plan {
        if let plan, plan.source == layout { return plan }
        let plan = try makePlan(layout)
        let range = output == .rgb ? layout.color.dynamicRange : nil
        toneMap = range.flatMap { range in
            PixelFormat(layout.format).map { format in
                let isFullRange = layout.color.range == AVCOL_RANGE_JPEG
                return ToneMap(
                    range, primaries: Primaries(layout.color.primaries),
                    nominalWhite: ToneMap.nominalWhite(of: format, isFullRange: isFullRange))
            }
        }
        var source = layout
        source.width = plan.partX.sourceCount
        source.height = plan.partY.sourceCount
        scaler = try ScalerContext.make(
            from: source,
            to: FrameLayout(
                width: plan.partX.resizedCount, height: plan.partY.resizedCount, format: convertedFormat,
                color: ColorDescription(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB)))
        self.plan = plan
        return plan
    }

    private func makePlan(_ layout: FrameLayout) throws(MediaError) -> Plan {
        let (width, height) = (geometry.sourceWidth, geometry.sourceHeight)
        guard layout.width == width, layout.height == height, let format = PixelFormat(layout.format) else {
            throw MediaError(
                .damaged, "a frame of \(layout.width)x\(layout.height) came where \(width)x\(height) is due")
        }
        guard format.isAddressable else {
            return Plan(
                source: layout, partX: AxisPart(source: layout.width, resized: geometry.resizedWidth),
                partY: AxisPart(source: layout.height, resized: geometry.resizedHeight))
        }
        let g = geometry
        return Plan(
            source: layout,
            partX: AxisPart(
                source: layout.width, resized: g.resizedWidth,
                crop: max(0, g.cropX)..<min(g.resizedWidth, g.cropX + g.clipWidth), grain: 1 << format.chromaShiftX),
            partY: AxisPart(
                source: layout.height, resized: g.resizedHeight,
                crop: max(0, g.cropY)..<min(g.resizedHeight, g.cropY + g.clipHeight), grain: 1 << format.chromaShiftY))
    }

    /// Cuts the clip's frame out of the converted part, with bars where the clip extends beyond the frame.
    private func crop(_ converted: borrowing FrameBuffer, _ plan: Plan) -> [UInt8] {
        let g = geometry
        let channels = output.channels
        let rowBytes = g.clipWidth * channels
        guard let plane = converted.plane(0) else { return [] }
        let columns = max(0, g.cropX)..<min(g.resizedWidth, g.cropX + g.clipWidth)
        let rows = max(0, g.cropY)..<min(g.resizedHeight, g.cropY + g.clipHeight)
        return [UInt8](unsafeUninitializedCapacity: rowBytes * g.clipHeight) { pixels, count in
            if columns.count < g.clipWidth || rows.count < g.clipHeight {
                pixels.initialize(repeating: Self.barValue)
            }
            for row in rows {
                let from =
                    plane.base + (row - plan.partY.resizedStart) * plane.stride
                    + (columns.lowerBound - plan.partX.resizedStart) * channels
                let to = (row - g.cropY) * rowBytes + (columns.lowerBound - g.cropX) * channels
                pixels.baseAddress?.advanced(by: to).update(from: from, count: columns.count * channels)
            }
            count = rowBytes * g.clipHeight
        }
    }
}
