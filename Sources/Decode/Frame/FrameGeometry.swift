import Media

/// How a source's frame is resized and where the network's frame lies in the result.
///
/// The source is resized whole to `resizedWidth` x `resizedHeight`, in square pixels; the network's frame begins at
/// (`cropX`, `cropY`) of it. Letterbox bars make these negative.
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

    /// The smallest frame the network takes, in pixels a side.
    static let smallestSide = 32
    /// The largest resized frame, in pixels a side: far beyond any real aspect ratio.
    static let largestSide = 16384

    /// - Parameters:
    ///   - width: of the upright source, in pixels.
    ///   - height: likewise.
    ///   - aspect: width to height of one source pixel.
    /// - Throws: `MediaError.refused` for a preparation that makes no sense or a frame too elongated for it.
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
        let isTakenAsItIs =
            !preparation.shortSideIsExplicit && width == preparation.width && height == preparation.height
            && stretch == 1
        // Size of the frame as it is shown, in square pixels of the source's height.
        let (shownWidth, shownHeight) = (Double(width) * stretch, Double(height))
        let (clipTargetX, clipTargetY) = (Double(preparation.width), Double(preparation.height))

        let scale: Double
        switch preparation.fit {
        case _ where isTakenAsItIs: scale = 1
        case .crop:
            // A short side below the network's frame would leave the crop short: the frame at least covers it.
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
            guard isTakenAsItIs || min(resizedWidth, resizedHeight) >= Self.smallestSide else {
                throw MediaError(
                    .refused, "the short side must be at least \(Self.smallestSide), not \(preparation.shortSide)")
            }
            (clipWidth, clipHeight) = (resizedWidth, resizedHeight)
        } else {
            (clipWidth, clipHeight) = (preparation.width, preparation.height)
        }
        // Rounds towards the left and the top, as the integer division of the published crop does; bars likewise.
        cropX = resizedWidth >= clipWidth ? (resizedWidth - clipWidth) / 2 : -((clipWidth - resizedWidth) / 2)
        cropY = resizedHeight >= clipHeight ? (resizedHeight - clipHeight) / 2 : -((clipHeight - resizedHeight) / 2)

        let scaleX = Double(width) / Double(resizedWidth)
        let scaleY = Double(height) / Double(resizedHeight)
        mapping = FrameMapping(
            clipWidth: clipWidth, clipHeight: clipHeight, originX: Double(cropX) * scaleX,
            originY: Double(cropY) * scaleY, scaleX: scaleX, scaleY: scaleY)
    }
}

/// The part of one axis that has to be converted so that a crop of the resized frame comes out as if the whole had been.
///
/// swscale resizes whole frames only. A part gives the same samples where source and result share a period: every
/// `source / gcd` source samples make `result / gcd` resized ones. The part is widened to whole periods, and by what the
/// filter reaches beyond the crop.
struct AxisPart: Sendable, Hashable {
    let sourceStart: Int
    let sourceCount: Int
    let resizedStart: Int
    let resizedCount: Int

    /// - Parameters:
    ///   - source: samples of the axis before resizing.
    ///   - resized: samples after.
    ///   - crop: the resized samples that are wanted, within 0..<resized.
    ///   - grain: luma samples that share a chroma sample; parts start at a multiple of it.
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
