import CFFmpeg
import CWebP
import Concurrency
import Files
import Media

/// An animated WebP as a video, decoded by libwebp, because FFmpeg (5.1 to 7.1) cannot compose the frames.
///
/// A frame duration of 10 ms or less is replaced by 100 ms, as in browsers. Loops are played once.
final class AnimatedWebP: FrameSource {
    let properties: SourceProperties

    private let decoder: Decoder
    private let cancellation: Cancellation
    private let background: BackgroundColor
    private var normalizer: FrameNormalizer
    private var tally = DamageTally()
    private var first: VideoFrame?
    private var frameCount = 1
    private var pts: Int64

    private static let timeBase = Rational(1, 1000)
    /// The maximum size of a file, in bytes.
    private static let largestFile = 512 << 20

    /// Whether the file is an animated WebP, judged by its first bytes.
    static func isAnimation(_ path: String, held: HeldFile? = nil) -> Bool {
        guard let file = try? bytes(of: path, held), let head = try? file.bytes(at: 0, count: 30) else { return false }
        return isAnimation(head)
    }

    /// The extended header (VP8X) has a flag for animation.
    private static func isAnimation(_ head: [UInt8]) -> Bool {
        head.starts(with: Array("RIFF".utf8)) && head[8..<16].elementsEqual(Array("WEBPVP8X".utf8))
            && head[20] & 0x02 != 0
    }

    private static func bytes(of path: String, _ held: HeldFile?) throws(FileError) -> any ReadableBytes {
        if let held { held } else { try ReadableFile(path) }
    }

    /// - Parameter held: the file, if it is already open; then nothing is opened by its path.
    /// - Throws: `MediaError`: `cannotOpen`, `refused`, `notMedia`, or `noVideo` if no frame can be read.
    init(_ path: String, held: HeldFile? = nil, options: InputOptions, cancellation: Cancellation) throws(MediaError) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Self.bytes(of: path, held).contents(limit: Self.largestFile)
        } catch {
            throw MediaError(error)
        }
        guard bytes.count >= 30, Self.isAnimation(bytes) else {
            throw MediaError(.notMedia, "is no animated webp", file: path)
        }
        // Width and height are 24 bits each, stored minus one.
        let side = { (at: Int) in (Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16) + 1 }
        let (width, height) = (side(24), side(27))
        guard width * height <= options.maximumPixels else {
            throw MediaError(
                .refused, "has frames of \(width)x\(height), more than the \(options.maximumPixels) pixels allowed",
                file: path)
        }
        guard let decoder = Decoder(bytes), decoder.width == width, decoder.height == height else {
            throw MediaError(.notMedia, "is a damaged webp", file: path)
        }
        guard let part = try decoder.next() else {
            throw MediaError(.noVideo, "holds no frame that can be decoded", file: path)
        }
        let color = ColorDescription(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB)
        var normalizer = try FrameNormalizer(
            first: part.frame, color: color, orientation: .upright, background: options.background)
        let duration = part.duration
        first = VideoFrame(
            buffer: try normalizer.normalized(part.frame, color: color), index: 0, pts: 0, duration: duration, time: 0)
        pts = duration
        let milliseconds = max(decoder.totalDuration, 1)
        properties = SourceProperties(
            name: path, container: "webp", codec: "webp", width: width, height: height, timeBase: Self.timeBase,
            averageFrameRate: Rational(av_d2q(Double(decoder.frameCount) * 1000 / Double(milliseconds), 1_001_000)),
            duration: Double(milliseconds) / 1000, estimatedFrameCount: decoder.frameCount, color: color)
        self.decoder = decoder
        self.cancellation = cancellation
        background = options.background
        self.normalizer = normalizer
    }

    var warnings: [SourceWarning] {
        var tally = tally
        tally.transparentFrames = normalizer.transparentCount
        tally.background = background
        return tally.warnings
    }

    func next() throws(MediaError) -> SourceItem? {
        if let first {
            self.first = nil
            return .frame(first)
        }
        if cancellation.isCancelled {
            throw MediaError(.cancelled, "reading was cancelled", file: properties.name)
        }
        guard let part = try decoder.next() else {
            if frameCount < decoder.frameCount {
                tally.truncation = "it ends after \(frameCount) of \(decoder.frameCount) frames"
            }
            return nil
        }
        let duration = part.duration
        defer {
            frameCount += 1
            pts += duration
        }
        return .frame(
            VideoFrame(
                buffer: try normalizer.normalized(part.frame, color: properties.color), index: frameCount, pts: pts,
                duration: duration, time: Self.timeBase.seconds(pts)))
    }

    /// A composed frame and its duration in milliseconds.
    private struct Part: ~Copyable {
        let frame: FrameBuffer
        let duration: Int64
    }

    /// The sole owner of a `WebPAnimDecoder` and of the bytes that it decodes.
    private final class Decoder {
        let width: Int
        let height: Int
        let frameCount: Int
        /// The duration of all frames together, in milliseconds.
        let totalDuration: Int

        private let bytes: UnsafeMutablePointer<UInt8>
        private let pointer: OpaquePointer
        private var shownUntil: Int32 = 0

        init?(_ file: [UInt8]) {
            let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: file.count)
            copy.initialize(from: file, count: file.count)
            var data = WebPData(bytes: copy, size: file.count)
            var options = WebPAnimDecoderOptions()
            var info = WebPAnimInfo()
            guard WebPAnimDecoderOptionsInit(&options) != 0 else {
                copy.deallocate()
                return nil
            }
            options.color_mode = MODE_RGBA
            guard let decoder = WebPAnimDecoderNew(&data, &options) else {
                copy.deallocate()
                return nil
            }
            guard WebPAnimDecoderGetInfo(decoder, &info) != 0 else {
                WebPAnimDecoderDelete(decoder)
                copy.deallocate()
                return nil
            }
            bytes = copy
            pointer = decoder
            (width, height) = (Int(info.canvas_width), Int(info.canvas_height))
            frameCount = Int(info.frame_count)
            totalDuration = Self.duration(decoder)
        }

        deinit {
            WebPAnimDecoderDelete(pointer)
            bytes.deallocate()
        }

        private static func duration(_ decoder: OpaquePointer) -> Int {
            var iterator = WebPIterator()
            guard WebPDemuxGetFrame(WebPAnimDecoderGetDemuxer(decoder), 1, &iterator) != 0 else { return 0 }
            defer { WebPDemuxReleaseIterator(&iterator) }
            var sum = 0
            repeat {
                sum += Int(shown(Int64(iterator.duration)))
            } while WebPDemuxNextFrame(&iterator) != 0
            return sum
        }

        private static func shown(_ milliseconds: Int64) -> Int64 { milliseconds > 10 ? milliseconds : 100 }

        /// The next frame; nil at the end, or if the rest cannot be decoded.
        func next() throws(MediaError) -> Part? {
            guard WebPAnimDecoderHasMoreFrames(pointer) != 0 else { return nil }
            var pixels: UnsafeMutablePointer<UInt8>?
            var end: Int32 = 0
            guard WebPAnimDecoderGetNext(pointer, &pixels, &end) != 0, let pixels else { return nil }
            let frame = try FrameBuffer.allocate(width: width, height: height, format: AV_PIX_FMT_RGBA)
            guard let plane = frame.plane(0) else { throw MediaError(.damaged, "no memory for a frame") }
            for y in 0..<height {
                (plane.base + y * plane.stride).update(from: pixels + y * width * 4, count: width * 4)
            }
            let duration = Self.shown(Int64(end) - Int64(shownUntil))
            shownUntil = end
            return Part(frame: frame, duration: duration)
        }
    }
}
