import CFFmpeg
import Media

/// Compresses drawn frames as they come: each is out before the next goes in. H.264 with a key frame every two seconds and
/// wherever one is asked for.
///
/// Not thread-safe: one thread encodes.
public final class LiveEncoder {
    /// The longest time from key frame to key frame, in seconds.
    public static let longestGroup = 2.0

    /// The frames that `encode` takes.
    public let format: CanvasFormat
    public let stream: LiveStream

    private let name: String
    private let encoder: VideoEncoder
    private var clock: FrameClock
    /// Of the frames inside the encoder, oldest first.
    private var wallClocks: [(wallClock: Double, duration: Int64)] = []
    private var newestTime = 0.0
    private var newestKeyTime: Double?

    /// - Parameters:
    ///   - source: where the frames and packets of the connection come from.
    ///   - format: of the frames, for this source.
    ///   - name: what errors name: the camera.
    /// - Throws: `MediaError.cannotWrite` if the encoder does not take such frames.
    public init(
        source: SourceProperties, format: CanvasFormat? = nil, settings: VideoSettings = VideoSettings(threads: 1),
        name: String
    ) throws(MediaError) {
        FFmpegLog.silence()
        self.name = name
        self.format = format ?? CanvasFormat(source: source)
        clock = FrameClock(source: source, container: .mp4)
        encoder = try VideoEncoder(
            container: .mp4, format: self.format, source: source, timeBase: clock.timeBase, settings: settings,
            needsGlobalHeader: true, isLive: true, file: name)
        stream = LiveStream(source: source, timeBase: clock.timeBase, parameters: try encoder.parameters())
    }

    /// Compresses the next frame.
    ///
    /// - Parameters:
    ///   - canvas: of this encoder's format; its time stamp has to be later than the one before.
    ///   - wallClock: when the frame was taken, in seconds since 1970.
    ///   - isKeyFrame: whether decoding has to be able to begin here.
    /// - Returns: the frame, and nothing else, unless `settings` asked for threads.
    /// - Throws: `MediaError.cannotWrite` for a frame of another format or one that cannot be encoded.
    public func encode(
        _ canvas: consuming Canvas, wallClock: Double, isKeyFrame: Bool
    ) throws(MediaError) -> [EncodedFrame] {
        guard canvas.format == format else {
            throw MediaError(.cannotWrite, "a frame of another size or colour cannot be encoded", file: name)
        }
        let stamp = clock.stamp(canvas.pts)
        let time = clock.timeBase.seconds(stamp)
        // The next frame would come too late for a key frame if it takes as long as this one did.
        let nextTime = 2 * time - newestTime
        newestTime = time
        let isDue = newestKeyTime.map { nextTime > $0 + Self.longestGroup + 0.001 } ?? true
        if isKeyFrame || isDue { newestKeyTime = time }
        canvas.buffer.pointer.pointee.pts = stamp
        canvas.buffer.pointer.pointee.pict_type = isKeyFrame || isDue ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
        wallClocks.append((wallClock, clock.duration(ofLast: canvas.duration)))
        try encoder.send(canvas.buffer.pointer)
        return try received()
    }

    /// Signals that no frame follows.
    ///
    /// - Returns: what was still inside.
    public func finish() throws(MediaError) -> [EncodedFrame] {
        try encoder.send(nil)
        return try received()
    }

    private func received() throws(MediaError) -> [EncodedFrame] {
        var frames: [EncodedFrame] = []
        while !wallClocks.isEmpty, let packet = try encoder.receive() {
            let (wallClock, duration) = wallClocks.removeFirst()
            packet.pointer.pointee.duration = duration
            packet.pointer.pointee.dts = packet.pointer.pointee.pts
            let frame = EncodedFrame(packet: packet, timeBase: clock.timeBase, wallClock: wallClock)
            if frame.isKeyFrame { newestKeyTime = max(newestKeyTime ?? 0, frame.time) }
            frames.append(frame)
        }
        return frames
    }
}
