import CFFmpeg

extension SourceProperties {
    /// What an open stream and its first picture tell.
    init(
        _ stream: StreamDecoder, first: VideoFrame, color: ColorDescription, sampleAspectRatio: Rational,
        orientation: Orientation
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
            sideStreams: stream.sideStreams.map { side in
                var side = side
                side.videoStartOffset -= startTime
                return side
            },
            extras: stream.input.extras(
                video: video.index, sides: Set(stream.sideStreams.map(\.index)), startTime: startTime,
                first: first.buffer))
    }
}
