import CFFmpeg
import Media

/// Compresses drawn pictures as they come: each is out before the next goes in. H.264 with a key frame every two seconds and
/// wherever one is asked for.
///
/// Not thread-safe: one thread encodes.
public final class LiveEncoder {
    /// The longest time from key frame to key frame, in seconds.
    public static let longestGroup = 2.0

    /// The pictures that `encode` takes.
    public let format: CanvasFormat
    public let stream: LiveStream

    private let name: String
    private let encoder: VideoEncoder
    private var clock: PictureClock
    /// Of the pictures inside the encoder, oldest first.
    private var wallClocks: [(wallClock: Double, duration: Int64)] = []
    private var newestTime = 0.0
    private var newestKeyTime: Double?

    /// - Parameters:
    ///   - source: where the pictures and packets of the epoch come from.
    ///   - format: of the pictures, for this source.
    ///   - name: what errors name: the camera.
    /// - Throws: `MediaError.cannotWrite` if the encoder does not take such pictures.
    public init(
        source: SourceProperties, format: CanvasFormat? = nil, settings: VideoSettings = VideoSettings(threads: 1),
        name: String
    ) throws(MediaError) {
        FFmpegLog.silence()
        self.name = name
        self.format = format ?? CanvasFormat(source: source)
        clock = PictureClock(source: source, container: .mp4)
        encoder = try VideoEncoder(
            container: .mp4, format: self.format, source: source, timeBase: clock.timeBase, settings: settings,
            needsGlobalHeader: true, isLive: true, file: name)
        stream = LiveStream(source: source, timeBase: clock.timeBase, parameters: try encoder.parameters())
    }

    /// Compresses the next picture.
    ///
    /// - Parameters:
    ///   - canvas: of this encoder's format; its time stamp has to be later than the one before.
    ///   - wallClock: when the picture was taken, in seconds since 1970.
    ///   - isKeyFrame: whether decoding has to be able to begin here.
    /// - Returns: the picture, and nothing else, unless `settings` asked for threads.
    /// - Throws: `MediaError.cannotWrite` for a picture of another format or one that cannot be encoded.
    public func encode(
        _ canvas: consuming Canvas, wallClock: Double, isKeyFrame: Bool
    ) throws(MediaError) -> [EncodedPicture] {
        guard canvas.format == format else {
            throw MediaError(.cannotWrite, "a picture of another size or colour cannot be encoded", file: name)
        }
        let stamp = clock.stamp(canvas.pts)
        let time = clock.timeBase.seconds(stamp)
        // The next picture would come too late for a key frame if it takes as long as this one did.
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

    /// Says that no picture follows.
    ///
    /// - Returns: what was still inside.
    public func finish() throws(MediaError) -> [EncodedPicture] {
        try encoder.send(nil)
        return try received()
    }

    private func received() throws(MediaError) -> [EncodedPicture] {
        var pictures: [EncodedPicture] = []
        while !wallClocks.isEmpty, let packet = try encoder.receive() {
            let (wallClock, duration) = wallClocks.removeFirst()
            packet.pointer.pointee.duration = duration
            packet.pointer.pointee.dts = packet.pointer.pointee.pts
            let picture = EncodedPicture(packet: packet, timeBase: clock.timeBase, wallClock: wallClock)
            if picture.isKeyFrame { newestKeyTime = max(newestKeyTime ?? 0, picture.time) }
            pictures.append(picture)
        }
        return pictures
    }
}
