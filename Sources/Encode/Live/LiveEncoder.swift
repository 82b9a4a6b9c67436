import CFFmpeg
import Media

/// Encodes annotated frames without delay: each is returned before the next is sent. H.264 with a key frame every two
/// seconds and on request.
///
/// Not thread-safe: one thread encodes.
public final class LiveEncoder {
    /// The maximum time between key frames, in seconds.
    public static let longestGroup = 2.0

    /// The format of the frames for `encode`.
    public let format: CanvasFormat
    public let stream: LiveStream

    private let name: String
    private let encoder: VideoEncoder
    private var clock: FrameClock
    /// Wall-clock times and durations of the frames inside the encoder, oldest first.
    private var wallClocks: [(wallClock: Double, duration: Int64)] = []
    private var newestTime = 0.0
    private var newestKeyTime: Double?

    /// - Parameters:
    ///   - source: the source of the connection's frames and packets.
    ///   - format: the format of the frames; nil for the source's.
    ///   - name: the name in errors: the camera's.
    /// - Throws: `MediaError.cannotWrite` if the encoder does not accept such frames.
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

    /// Encodes the next frame.
    ///
    /// - Parameters:
    ///   - canvas: a frame of this encoder's format, with a time stamp later than the previous frame's.
    ///   - wallClock: the capture time, in seconds since 1970.
    ///   - isKeyFrame: whether to encode it as a key frame.
    /// - Returns: exactly this frame, unless `settings` uses several threads.
    /// - Throws: `MediaError.cannotWrite` for a frame of another format or one that cannot be encoded.
    public func encode(
        _ canvas: consuming Canvas, wallClock: Double, isKeyFrame: Bool
    ) throws(MediaError) -> [EncodedFrame] {
        guard canvas.format == format else {
            throw MediaError(.cannotWrite, "a frame of another size or colour cannot be encoded", file: name)
        }
        let stamp = clock.stamp(canvas.pts)
        let time = clock.timeBase.seconds(stamp)
        // This frame becomes a key frame if the next one, after the same interval, would be too late.
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
    /// - Returns: the frames that were still in the encoder.
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
