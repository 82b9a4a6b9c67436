import CFFmpeg

/// Time for the pictures of a live stream: the source's stamps, put in order, or where it has none their arrivals.
struct LiveStamps {
    /// The unit of the stamps.
    let timeBase: Rational
    private let usesArrivals: Bool
    private let maximumGap: Double
    private var clock: PresentationClock
    private var firstArrival: ContinuousClock.Instant?
    private var last: (time: Double, arrival: ContinuousClock.Instant)?
    /// The source's own time of the last picture, in seconds; nil if it has none.
    private(set) var sourceTime: Double?

    /// - Parameters:
    ///   - frameRate: nominal, in hertz; 0/1 if unknown.
    ///   - maximumGap: seconds between two pictures above which a gap is noted.
    init(
        _ input: borrowing InputContext, video: VideoStream, frameRate: Rational, maximumGap: Double,
        options: InputOptions
    ) {
        let isUnstamped = (input.pointer.pointee.iformat?.pointee.flags ?? 0) & AVFMT_NOTIMESTAMPS != 0
        // FFmpeg counts the pictures of these at an assumed rate.
        usesArrivals = isUnstamped || ["mpjpeg", "mjpeg", "h264", "hevc", "m4v", "mpegvideo"].contains(input.container)
        timeBase = usesArrivals ? Rational(1, 1_000_000) : video.timeBase
        self.maximumGap = maximumGap
        let interval = frameRate.isPositive ? 1 / frameRate.value : 0.04
        clock = PresentationClock(
            timeBase: timeBase, frameRate: frameRate, maximumGap: options.maximumGap,
            maximumSlip: min(1, 3 * interval),
            stampBits: usesArrivals ? 64 : Int(input.stream(video.index)?.pointee.pts_wrap_bits ?? 64))
    }

    var repairs: Int { clock.repairs }

    /// How far the pictures' stamps were moved from the source's, in seconds.
    var shift: Double { timeBase.seconds(clock.offset) }

    mutating func stamp(
        _ frame: borrowing FrameBuffer, arrival: ContinuousClock.Instant
    ) -> (stamp: PresentationClock.Stamp, followsGap: Bool) {
        let f = frame.pointer.pointee
        let start = firstArrival ?? arrival
        firstArrival = start
        let source = f.best_effort_timestamp == saliency_nopts ? nil : f.best_effort_timestamp
        let raw = usesArrivals ? Int64((arrival - start) / .microseconds(1)) : source
        let stamp = clock.stamp(
            raw: raw, duration: usesArrivals ? 0 : f.pkt_duration,
            elapsed: last.map { (arrival - $0.arrival) / .seconds(1) } ?? 0)
        let followsGap = stamp.followsJump || (last.map { stamp.time - $0.time > maximumGap } ?? false)
        last = (stamp.time, arrival)
        sourceTime = usesArrivals ? nil : source.map(timeBase.seconds)
        return (stamp, followsGap)
    }

    /// Says that the pictures to come are of a new pass.
    mutating func breakOff() {
        clock.breakOff()
    }
}
