import CFFmpeg
import Media

extension SourceProperties {
    /// The properties of an open stream, from the stream and its first frame.
    ///
    /// - Parameter packets: the packets of other streams before the frame, which determine most accurately when each
    ///   stream becomes audible.
    init(
        _ stream: StreamDecoder, first: VideoFrame, color: ColorDescription, sampleAspectRatio: Rational,
        orientation: Orientation, packets: [MediaPacket] = []
    ) {
        let video = stream.video
        let duration = video.duration ?? stream.input.duration
        let startTime = video.timeBase.seconds(first.pts)
        let estimate = duration.flatMap { seconds in
            video.frameRate.isPositive ? Int((min(seconds * video.frameRate.value, 1e12)).rounded()) : nil
        }
        self.init(
            name: stream.input.name, container: stream.input.container, codec: video.codecName, width: first.width,
            height: first.height,
            sampleAspectRatio: orientation.transposes
                ? Rational(sampleAspectRatio.denominator, sampleAspectRatio.numerator) : sampleAspectRatio,
            rotation: orientation.clockwiseDegrees, timeBase: video.timeBase, averageFrameRate: video.averageFrameRate,
            duration: duration, startTime: startTime,
            estimatedFrameCount: video.frameCount > 0 ? video.frameCount : estimate, color: color,
            comment: stream.input.comment,
            fieldOrder: .of(first.buffer, fallback: video.parameters, orientation: orientation),
            chromaLocation: .of(first.buffer, fallback: video.parameters),
            auxiliaryStreams: stream.auxiliaryStreams.map { side in
                var side = side
                let start =
                    side.start(in: packets)
                    ?? stream.input.startTime(of: side.index).map { $0 + side.delay(in: stream.input.container) }
                side.videoStartOffset = start.map { $0 - startTime } ?? 0
                return side
            },
            extras: stream.input.extras(
                video: video.index, auxiliary: Set(stream.auxiliaryStreams.map(\.index)), startTime: startTime,
                first: first.buffer))
    }
}

extension AuxiliaryStream {
    /// The seconds from the stream's start, as stated by the container, to its first audible sound: Matroska and Ogg
    /// include the pre-skip of Opus, MP4 does not.
    fileprivate func delay(in container: String) -> Double {
        let fields = parameters.pointer.pointee
        let countsRunIn = container.contains("matroska") || container == "ogg"
        guard countsRunIn, fields.codec_id == AV_CODEC_ID_OPUS else { return 0 }
        return Double(max(0, fields.initial_padding)) / 48_000
    }

    /// The time of the stream's first audible sound, in seconds on the source's clock; nil if the packets do not reveal
    /// it.
    fileprivate func start(in packets: [MediaPacket]) -> Double? {
        guard kind == .audio else { return nil }
        var heard = HeardSound(self)
        for packet in packets where packet.stream == index {
            guard let hidden = heard.hiddenStart(of: packet.buffer) else { continue }
            return packet.time(timeBase).map { $0 + hidden }
        }
        return nil
    }
}
