import Media

/// The size to which a source's frame is resized, and the position of the network's frame in the result.
///
/// The whole source is resized to `resizedWidth` x `resizedHeight`, in square pixels; the network's frame begins at
/// (`cropX`, `cropY`) in it, which are negative for letterbox bars.
struct FrameGeometry: Sendable, Hashable {
    let sourceWidth: Int
    let sourceHeight: Int
    let resizedWidth: Int
    let resizedHeight: Int
    let cropX: Int
    let cropY: Int
    let clipWidth: Int
    let clipHeight: Int
    let mapping: FrameMapping

    /// The minimum side of the network's frame, in pixels.
    static let smallestSide = 32
    /// The maximum side of the resized frame, in pixels: far beyond any real aspect ratio.
    static let largestSide = 16384

    /// - Parameters:
    ///   - width: width of the upright source, in pixels.
    ///   - height: height of the upright source, in pixels.
    ///   - aspect: width to height of one source pixel.
    /// - Throws: `MediaError.refused` for an invalid preparation or a frame that is too elongated for it.
    init(
        width: Int, height: Int, aspect: Rational, preparation: FramePreparation
    ) throws(MediaError) {
        guard width > 0, height > 0, preparation.shortSide > 0, preparation.width > 0, preparation.height > 0,
            max(preparation.shortSide, preparation.width, preparation.height) <= Self.largestSide
        else {
            throw MediaError(
                .refused,
                "a \(width)x\(height) frame cannot be prepared as \(preparation.width)x"
                    + "\(preparation.height) with short side \(preparation.shortSide)")
        }
        let stretch = aspect.isPositive ? aspect.value : 1
        let isUnchanged =
            !preparation.shortSideIsExplicit && width == preparation.width && height == preparation.height
            && stretch == 1
        // Display size of the frame, in square pixels of the source's height.
        let (shownWidth, shownHeight) = (Double(width) * stretch, Double(height))
        let (clipTargetX, clipTargetY) = (Double(preparation.width), Double(preparation.height))

        let scale: Double
        switch preparation.fit {
        case _ where isUnchanged: scale = 1
        case .crop:
            // A short side below the network's frame would not fill the crop, so the frame is scaled at least to cover
            // it.
            scale = max(
                Double(preparation.shortSide) / min(shownWidth, shownHeight), clipTargetX / shownWidth,
                clipTargetY / shownHeight)
        case .letterbox: scale = min(clipTargetX / shownWidth, clipTargetY / shownHeight)
        case .full: scale = Double(preparation.shortSide) / min(shownWidth, shownHeight)
        }
        let exact = (width: (shownWidth * scale).rounded(), height: (shownHeight * scale).rounded())
        guard max(exact.width, exact.height) <= Double(Self.largestSide) else {
            throw MediaError(.refused, "a \(width)x\(height) frame is too elongated")
        }
        sourceWidth = width
        sourceHeight = height
        resizedWidth = max(1, Int(exact.width))
        resizedHeight = max(1, Int(exact.height))
        if preparation.fit == .full {
            guard isUnchanged || min(resizedWidth, resizedHeight) >= Self.smallestSide else {
                throw MediaError(
                    .refused, "the short side must be at least \(Self.smallestSide), not \(preparation.shortSide)")
            }
            (clipWidth, clipHeight) = (resizedWidth, resizedHeight)
        } else {
            (clipWidth, clipHeight) = (preparation.width, preparation.height)
        }
        // Rounds towards left and top, as the integer division of the published crop does; the same applies to bars.
        cropX = resizedWidth >= clipWidth ? (resizedWidth - clipWidth) / 2 : -((clipWidth - resizedWidth) / 2)
        cropY = resizedHeight >= clipHeight ? (resizedHeight - clipHeight) / 2 : -((clipHeight - resizedHeight) / 2)

        let scaleX = Double(width) / Double(resizedWidth)
        let scaleY = Double(height) / Double(resizedHeight)
        mapping = FrameMapping(
            clipWidth: clipWidth, clipHeight: clipHeight, originX: Double(cropX) * scaleX,
            originY: Double(cropY) * scaleY, scaleX: scaleX, scaleY: scaleY)
    }
}

/// The part of one axis that must be converted so that a crop of the resized frame equals that of converting the whole.
///
/// swscale resizes whole frames only. A part results in the same samples if it consists of whole periods: every `source
/// / gcd` source samples make `result / gcd` resized ones. The part is widened by the filter's reach beyond the crop,
/// and to whole periods.
struct AxisPart: Sendable, Hashable {
    let sourceStart: Int
    let sourceCount: Int
    let resizedStart: Int
    let resizedCount: Int

    /// - Parameters:
    ///   - source: samples of the axis before resizing.
    ///   - resized: samples of the axis after resizing.
    ///   - crop: the required resized samples, within 0..<resized.
    ///   - grain: luma samples per chroma sample; parts start at a multiple of it.
    init(source: Int, resized: Int, crop: Range<Int>, grain: Int) {
        var divisor = source
        var remainder = resized
        while remainder != 0 { (divisor, remainder) = (remainder, divisor % remainder) }
        var period = (source: source / divisor, resized: resized / divisor)
        if period.source % grain != 0 { period = (period.source * grain, period.resized * grain) }

        // Bilinear reaches one sample of the coarser grid to either side; chroma's grid is `grain` times as coarse.
        let reach = (grain + 1) * max(1, (resized + source - 1) / source) + 1
        let first = max(0, crop.lowerBound - reach) / period.resized
        let last = (crop.upperBound + reach + period.resized - 1) / period.resized
        if last * period.resized >= resized {
            resizedCount = resized - first * period.resized
            sourceCount = source - first * period.source
        } else {
            resizedCount = (last - first) * period.resized
            sourceCount = (last - first) * period.source
        }
        resizedStart = first * period.resized
        sourceStart = first * period.source
    }

    /// The whole axis.
    init(source: Int, resized: Int) {
        sourceStart = 0
        sourceCount = source
        resizedStart = 0
        resizedCount = resized
    }
}
