import CFFmpeg
import Concurrency
import Media

/// A folder of images as a video with a fixed frame rate; gaps in the numbers are not gaps in time.
///
/// The first readable image determines the size, to which later ones are scaled; all images are made upright.
/// Unreadable images are skipped and counted.
public final class FrameFolderSource: FrameSource {
    public let properties: SourceProperties
    public var warnings: [SourceWarning] {
        var tally = tally
        tally.changes = normalizer.changes
        tally.transparentFrames = normalizer.transparentCount
        return tally.warnings
    }

    private let folder: ImageFolder
    private let cancellation: Cancellation
    private var decoder: ImageDecoder
    private var normalizer: FrameNormalizer
    private var tally: DamageTally
    private var nextName: Int
    private var frameCount = 0
    private var first: VideoFrame?

    /// - Parameter frameRate: in hertz.
    /// - Throws: `MediaError`: `cannotOpen`, `refused`, or `noVideo` if no image can be read.
    public init(
        _ path: String, frameRate: Double = 25, options: InputOptions = InputOptions(),
        cancellation: Cancellation = Cancellation()
    ) throws(MediaError) {
        FFmpegLog.silence()
        let folder = try ImageFolder(path)
        let rate = try Rational(frameRate: frameRate)
        var tally = DamageTally()
        tally.ignoredFiles = folder.ignored.count
        tally.ignoredNames = folder.ignored
        tally.background = options.background
        var decoder = ImageDecoder(maximumPixels: options.maximumPixels)
        var nextName = 0
        let found = try Self.nextFrame(folder, &nextName, &decoder, &tally, cancellation)
        guard let found else { throw MediaError(.noVideo, "no image of the folder can be read", file: path) }

        let color = ColorDescription.of(found.frame, fallback: nil)
        let codec = PixelFormat(AVPixelFormat(rawValue: found.frame.pointer.pointee.format))?.name ?? "images"
        var normalizer = try FrameNormalizer(
            first: found.frame, color: color, orientation: .upright, background: options.background)
        let isCorrupt = found.isCorrupt
        let first = VideoFrame(
            buffer: try normalizer.normalized(found.frame, color: color), index: 0, pts: 0, duration: 1, time: 0,
            isCorrupt: isCorrupt)
        properties = SourceProperties(
            name: path, container: "frames", codec: codec, width: normalizer.width, height: normalizer.height,
            rotation: normalizer.orientation.clockwiseDegrees,
            timeBase: Rational(rate.denominator, rate.numerator), averageFrameRate: rate,
            duration: Double(folder.names.count) / rate.value, estimatedFrameCount: folder.names.count, color: color,
            chromaLocation: .of(first.buffer, fallback: nil))
        self.first = first
        self.folder = folder
        self.cancellation = cancellation
        self.decoder = decoder
        self.normalizer = normalizer
        self.tally = tally
        self.nextName = nextName
    }

    public func next() throws(MediaError) -> SourceItem? {
        defer { frameCount += 1 }
        if let first {
            self.first = nil
            return .frame(first)
        }
        while let found = try Self.nextFrame(folder, &nextName, &decoder, &tally, cancellation) {
            let isCorrupt = found.isCorrupt
            let color = ColorDescription.of(found.frame, fallback: nil)
            guard let image = try? normalizer.normalized(found.frame, color: color) else {
                tally.skip(folder.names[nextName - 1])
                continue
            }
            normalizer.place("at \(folder.names[nextName - 1])")
            return .frame(
                VideoFrame(
                    buffer: image, index: frameCount, pts: Int64(frameCount), duration: 1,
                    time: properties.timeBase.seconds(Int64(frameCount)), isCorrupt: isCorrupt))
        }
        return nil
    }

    /// The next readable image, or nil at the end.
    private static func nextFrame(
        _ folder: ImageFolder, _ nextName: inout Int, _ decoder: inout ImageDecoder, _ tally: inout DamageTally,
        _ cancellation: Cancellation
    ) throws(MediaError) -> DecodedFrame? {
        while nextName < folder.names.count {
            if cancellation.isCancelled { throw MediaError(.cancelled, "reading was cancelled", file: folder.path) }
            let name = folder.names[nextName]
            nextName += 1
            do throws(MediaError) {
                let image = try decoder.decode(folder.file(name))
                if image.isCorrupt { tally.corruptFrames += 1 }
                return image
            } catch {
                tally.skip(name)
            }
        }
        return nil
    }
}

extension DamageTally {
    /// Counts an unreadable image.
    mutating func skip(_ name: String) {
        skippedFrames += 1
        if skippedNames.count < Self.namesKept { skippedNames.append(name) }
    }
}

extension Rational {
    /// A frame rate as a ratio; rates such as 30000/1001 are represented exactly.
    init(frameRate: Double) throws(MediaError) {
        guard frameRate > 0, frameRate <= SampleClock.highestRate else {
            throw MediaError(.refused, "the frame rate must lie between 0 and 1000, not \(frameRate)")
        }
        self.init(av_d2q(frameRate, 1_001_000))
        guard isPositive else { throw MediaError(.refused, "the frame rate \(frameRate) is too small") }
    }
}
