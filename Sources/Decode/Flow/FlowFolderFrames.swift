import CFFmpeg
import Files
import Media

/// Flow fields of two folders of grey images, `x` and `y`, paired by natural order.
///
/// A pair of which one image cannot be read is skipped and counted.
final class FlowFolderFrames: FlowFrames {
    let container = "frames"
    let width: Int
    let height: Int
    let count: Int
    private(set) var tally = DamageTally()

    private let x: GrayImages
    private let y: GrayImages
    private var nextPair = 0
    private var fieldCount = 0
    private var first: Field?

    /// Samples `[H, W, 2]`.
    private struct Field {
        let samples: [UInt8]
        let width: Int
        let height: Int
        let isCorrupt: Bool
    }

    init(_ path: String, preparation: FramePreparation, options: InputOptions) throws(MediaError) {
        FFmpegLog.silence()
        guard SourceOpener.isFolder(path + "/x"), SourceOpener.isFolder(path + "/y") else {
            throw MediaError(.notMedia, "optical flow is a folder with the subfolders x and y", file: path)
        }
        x = try GrayImages(path + "/x", preparation: preparation, options: options)
        y = try GrayImages(path + "/y", preparation: preparation, options: options)
        count = x.folder.names.count
        guard count == y.folder.names.count else {
            throw MediaError(
                .notMedia, "holds \(count.counted("image")) in x but \(y.folder.names.count) in y", file: path)
        }
        let first = try Self.nextField(x, y, &nextPair, &tally)
        guard let first, let size = x.size else {
            throw MediaError(.noVideo, "no pair of images can be read", file: path)
        }
        self.first = first
        (width, height) = size
    }

    func next(_ timeBase: Rational) throws(MediaError) -> ClipFrame? {
        let field: Field
        if let first {
            field = first
            self.first = nil
        } else {
            guard let read = try Self.nextField(x, y, &nextPair, &tally) else { return nil }
            field = read
        }
        defer { fieldCount += 1 }
        return ClipFrame(
            pixels: .bytes(field.samples), width: field.width, height: field.height, channels: 2,
            sourceIndex: fieldCount, sourceTime: timeBase.seconds(Int64(fieldCount)), isCorrupt: field.isCorrupt)
    }

    private static func nextField(
        _ x: GrayImages, _ y: GrayImages, _ nextPair: inout Int, _ tally: inout DamageTally
    ) throws(MediaError) -> Field? {
        while nextPair < x.folder.names.count {
            let pair = nextPair
            nextPair += 1
            let horizontal: (samples: [UInt8], isCorrupt: Bool)
            let vertical: (samples: [UInt8], isCorrupt: Bool)
            do throws(MediaError) {
                horizontal = try x.pixels(at: pair)
                vertical = try y.pixels(at: pair)
            } catch {
                // An invalid preparation is invalid for all pairs.
                if error.code == .refused { throw error }
                tally.skip(x.folder.names[pair])
                continue
            }
            guard let clipSize = x.clipSize, let size = x.size, let other = y.size, size == other else {
                throw MediaError(.notMedia, "the images in x and y differ in size", file: y.folder.path)
            }
            let isCorrupt = horizontal.isCorrupt || vertical.isCorrupt
            if isCorrupt { tally.corruptFrames += 1 }
            return Field(
                samples: interleave(horizontal.samples, vertical.samples), width: clipSize.width,
                height: clipSize.height, isCorrupt: isCorrupt)
        }
        return nil
    }

    private static func interleave(_ x: [UInt8], _ y: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 2 * min(x.count, y.count)) { pixels, count in
            for index in 0..<min(x.count, y.count) {
                pixels[2 * index] = x[index]
                pixels[2 * index + 1] = y[index]
            }
            count = 2 * min(x.count, y.count)
        }
    }
}

/// One component of the flow: a folder of images that are converted to grey samples for the network.
final class GrayImages {
    let folder: ImageFolder
    /// Size of the first image read, in pixels; later ones are scaled to it.
    private(set) var size: (width: Int, height: Int)?
    /// Size of the network's frame, in pixels.
    private(set) var clipSize: (width: Int, height: Int)?

    private var decoder: ImageDecoder
    private let preparation: FramePreparation
    private var normalizer: FrameNormalizer?
    private var converter: FrameConverter?

    init(_ path: String, preparation: FramePreparation, options: InputOptions) throws(MediaError) {
        folder = try ImageFolder(path)
        decoder = ImageDecoder(maximumPixels: options.maximumPixels)
        self.preparation = preparation
    }

    /// Samples `[H, W]`, 0…255, of the image at `index`.
    func pixels(at index: Int) throws(MediaError) -> (samples: [UInt8], isCorrupt: Bool) {
        let path = folder.file(folder.names[index])
        let decoded = try decoder.decode(path)
        let isCorrupt = decoded.isCorrupt
        let color = ColorDescription.of(decoded.frame, fallback: nil)
        if normalizer == nil {
            normalizer = try FrameNormalizer(first: decoded.frame, color: color, orientation: .upright)
        }
        guard let image = try normalizer?.normalized(decoded.frame, color: color) else {
            throw MediaError(.damaged, "the image cannot be converted", file: path)
        }
        let frame = VideoFrame(buffer: image, index: index, pts: 0, duration: 0, time: 0)
        if let converter { return (try converter.pixels(of: frame), isCorrupt) }
        return (try makeConverter(frame, color: color).pixels(of: frame), isCorrupt)
    }

    private func makeConverter(_ frame: VideoFrame, color: ColorDescription) throws(MediaError) -> FrameConverter {
        let converter = try FrameConverter(
            source: SourceProperties(
                name: folder.path, container: "frames", codec: "flow", width: frame.width, height: frame.height,
                timeBase: Rational(1, 1), averageFrameRate: Rational(0, 1), color: color),
            preparation: preparation, output: .gray)
        self.converter = converter
        size = (frame.width, frame.height)
        clipSize = (converter.mapping.clipWidth, converter.mapping.clipHeight)
        return converter
    }
}
