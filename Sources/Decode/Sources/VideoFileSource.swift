import CFFmpeg
import Concurrency
import DequeModule
import Files
import Media

/// A video file, read by FFmpeg from beginning to end.
///
/// Frames arrive in presentation order, upright, all of one size, with strictly increasing time stamps; the packets of
/// sound and subtitles are interleaved in the order of the file. Decoding continues after damage, which is counted.
///
/// The decoder runs on the caller's thread; above 1920x1088 it gets a second one, which keeps up without taking too
/// much CPU time from the engine.
public final class VideoFileSource: FrameSource {
    public let properties: SourceProperties

    private let stream: StreamDecoder
    private let background: BackgroundColor
    private var normalizer: FrameNormalizer
    private var clock: PresentationClock
    private var frameCount = 1
    /// The items read up to and including the first frame, in order.
    private var ready: Deque<SourceItem>

    /// Opens the file and decodes its first frame.
    ///
    /// - Parameter held: the file, if it is already open; then nothing is opened by its path.
    /// - Throws: `MediaError`: `cannotOpen`, `notMedia`, `refused`, `noVideo`, `damaged` or `cancelled`.
    public init(
        _ path: String, held: HeldFile? = nil, options: InputOptions = InputOptions(),
        cancellation: Cancellation = Cancellation()
    ) throws(MediaError) {
        let stream = try StreamDecoder(
            InputContext.open(file: path, held: held, options: options, cancellation: cancellation), options: options,
            policy: .file(options))
        let video = stream.video
        var packets: [MediaPacket] = []
        let decoded = try stream.firstFrame(collecting: &packets, options: options)

        let color = ColorDescription.of(decoded.frame, fallback: video.parameters.pointer)
        let aspect = stream.input.sampleAspectRatio(of: video, frame: decoded.frame)
        let mastering = MasteringMetadata(stream.input.stream(video.index), frame: decoded.frame)
        var normalizer = try FrameNormalizer(
            first: decoded.frame, color: color, orientation: video.orientation, background: options.background)
        var clock = PresentationClock(
            timeBase: video.timeBase, frameRate: video.frameRate, maximumGap: options.maximumGap)
        let first = try Self.videoFrame(decoded, index: 0, normalizer: &normalizer, clock: &clock, color: color)

        var properties = SourceProperties(
            stream, first: first, color: color, sampleAspectRatio: aspect, orientation: normalizer.orientation,
            packets: packets)
        properties.mastering = mastering
        self.properties = properties
        ready = Deque(packets.map(SourceItem.packet))
        ready.append(.frame(first))
        background = options.background
        self.stream = stream
        self.normalizer = normalizer
        self.clock = clock
    }

    public var warnings: [SourceWarning] {
        var tally = stream.tally
        tally.repairedTimeStamps = clock.repairs
        tally.record(normalizer, stream.video, properties, background: background)
        return tally.warnings
    }

    public func next() throws(MediaError) -> SourceItem? {
        if let item = ready.popFirst() { return item }
        while true {
            switch try stream.next() {
            case .end: return nil
            case .packet(let packet): return .packet(packet)
            case .skipped: continue
            case .frame(let decoded):
                let color = ColorDescription.of(decoded.frame, fallback: stream.video.parameters.pointer)
                do throws(MediaError) {
                    let frame = try Self.videoFrame(
                        decoded, index: frameCount, normalizer: &normalizer, clock: &clock, color: color)
                    frameCount += 1
                    normalizer.place("at \((frame.time * 1000).rounded() / 1000) s")
                    return .frame(frame)
                } catch {
                    // A frame that cannot be converted counts as damaged.
                    try stream.recordDamage(error.underlyingCode)
                }
            }
        }
    }

    private static func videoFrame(
        _ decoded: consuming DecodedFrame, index: Int, normalizer: inout FrameNormalizer,
        clock: inout PresentationClock, color: ColorDescription
    ) throws(MediaError) -> VideoFrame {
        let raw = decoded.frame.pointer.pointee.best_effort_timestamp
        let duration = saliency_frame_duration(decoded.frame.pointer)
        let isCorrupt = decoded.isCorrupt
        let frame = try normalizer.normalized(decoded.frame, color: color)
        let stamp = clock.stamp(raw: raw == saliency_nopts ? nil : raw, duration: duration)
        return VideoFrame(
            buffer: frame, index: index, pts: stamp.pts, duration: stamp.duration, time: stamp.time,
            isCorrupt: isCorrupt)
    }
}

extension StreamDecoder {
    /// Decodes up to the first frame.
    ///
    /// - Parameter packets: receives the packets of auxiliary streams before that frame.
    fileprivate func firstFrame(
        collecting packets: inout [MediaPacket], options: InputOptions
    ) throws(MediaError) -> DecodedFrame {
        var bytes = 0
        while true {
            switch try next() {
            case .frame(let decoded): return decoded
            case .skipped: continue
            case .packet(let packet):
                bytes += Int(packet.buffer.pointer.pointee.size)
                guard bytes <= options.maximumBytesBeforeFrame else {
                    throw MediaError(
                        .noVideo, "shows no frame within the first \(bytes >> 20) MiB", file: input.name,
                        stream: video.index)
                }
                packets.append(packet)
            case .end:
                throw MediaError(
                    .noVideo, "holds no frame that can be decoded", file: input.name, stream: video.index)
            }
        }
    }
}
