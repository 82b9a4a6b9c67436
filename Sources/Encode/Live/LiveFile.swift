import CFFmpeg
import Media

/// One file of a live stream, as fragmented MP4: a key frame and the following packets, with times from that frame on.
///
/// It has a temporary name beside its destination until `finish`, and is removed if that is not called. Not
/// thread-safe.
final class LiveFile {
    /// The first frame's time in the connection and on the wall clock, in seconds.
    let start: (time: Double, wallClock: Double)
    /// One sentence for each stream that is not copied unchanged.
    let openingWarnings: [String]
    private(set) var frameCount = 0

    /// The seconds for which packets are buffered until earlier packets of other streams arrive.
    private static let longestWait = 3.0

    private let muxer: FileMuxer
    private let video: UnsafeMutablePointer<AVStream>
    private let auxiliary: AuxiliaryTracks
    private let auxiliaryTimeBases: [Int: Rational]
    private let timeBase: Rational
    private let firstTicks: Int64
    /// The newest frame, held until its duration is known.
    private var held: EncodedFrame?
    private var hasFlushed = false

    /// Opens the file.
    ///
    /// - Parameters:
    ///   - path: the destination, which must not exist.
    ///   - first: the first frame that will be written, a key frame.
    ///   - title: the title in the container's metadata.
    ///   - description: the description in the container's metadata.
    ///   - spaceLimit: the bytes after which writing fails as on a full disk; for tests.
    init(
        path: String, stream: LiveStream, first: EncodedFrame, title: String, description: String,
        includesSound: Bool, spaceLimit: Int = .max
    ) throws(MediaError) {
        start = (first.time, first.wallClock)
        firstTicks = first.ticks
        timeBase = stream.timeBase
        var source = stream.sound()
        if !includesSound { source.auxiliaryStreams = [] }
        auxiliaryTimeBases = Dictionary(source.auxiliaryStreams.map { ($0.index, $0.timeBase) }) { first, _ in first }
        var plan = OutputPlan(source.auxiliaryStreams, container: .mp4)
        while true {
            let file = try StagedFile(destination: path, replaces: false)
            file.remainingSpace = spaceLimit
            let muxer = try FileMuxer(container: .mp4, file: file)
            muxer.setMetadata("comment", VideoWriter.mark)
            muxer.setMetadata("title", title)
            muxer.setMetadata("description", description)
            let moment = UTCTime(first.wallClock).iso8601
            muxer.setMetadata("creation_time", moment)
            // The container stores creation_time in whole seconds; this one is text with milliseconds.
            muxer.setMetadata("date", moment)
            muxer.context.pointee.max_interleave_delta = Int64(Self.longestWait * 1e6)
            let video = try muxer.addStream(of: stream)
            let auxiliary = try AuxiliaryTracks(
                plan: plan, container: .mp4, source: source, frameUnit: timeBase, muxer: muxer, holder: "mp4 files")
            do throws(MediaError) {
                try muxer.writeHeader(
                    options: OutputContainer.mp4.muxerOptions(frameUnit: timeBase, isFragmented: true))
            } catch {
                // The container may reject a stream only when the header is written; try again without it.
                if file.writeError == 0, plan.reduce() { continue }
                throw error
            }
            (self.muxer, self.video, self.auxiliary) = (muxer, video, auxiliary)
            openingWarnings = plan.warnings + auxiliary.warnings
            break
        }
    }

    deinit {
        discard()
    }

    var warnings: [String] { openingWarnings + auxiliary.losses }

    /// Writes the next frame.
    func write(_ frame: EncodedFrame) throws(MediaError) {
        try releaseHeld(before: frame)
        if frame.isKeyFrame, !hasFlushed, frame.time - start.time > Self.longestWait + 1 {
            // The muxer buffers everything until it has packets of all streams, and a camera's microphone may be off.
            if muxer.file.length == 0 { try muxer.flush() }
            hasFlushed = true
        }
        held = frame
        frameCount += 1
    }

    /// Writes a packet of sound.
    ///
    /// - Parameter time: seconds since the connection's first frame.
    func write(_ packet: MediaPacket, time: Double) throws(MediaError) {
        guard let track = auxiliary.tracks[packet.stream], let unit = auxiliaryTimeBases[packet.stream] else { return }
        try track.write(packet.reference(at: time - start.time, timeBase: unit), to: muxer)
    }

    /// Writes the remaining data, syncs the file to disk, verifies it by reading it back and renames it to its
    /// destination.
    ///
    /// - Parameters:
    ///   - next: the frame after the last one, which determines its duration; nil if none follows.
    ///   - names: alternative paths if the destination exists.
    func finish(
        before next: EncodedFrame?, orAs names: some Sequence<String> = EmptyCollection<String>()
    ) throws(MediaError) -> Segment {
        defer { discard() }
        guard let last = held else {
            throw MediaError(.cannotWrite, "there is no frame to write", file: muxer.file.destination)
        }
        let duration = max(
            next.map { timeBase.seconds($0.ticks - firstTicks) } ?? last.time + last.duration - start.time, 0)
        try releaseHeld(before: next)
        try auxiliary.finish(at: duration, to: muxer)
        try muxer.writeTrailer()
        try muxer.file.synchronize()
        _ = try OutputVerifier.verify(
            muxer.file.stagedPath, as: .mp4, destination: muxer.file.destination, frameCount: frameCount,
            span: last.time - start.time, tolerance: 0.002)
        let bytes = muxer.file.length
        try muxer.file.commit(orAs: names)
        return Segment(
            path: muxer.file.destination, start: start.wallClock, duration: duration, bytes: bytes,
            frames: frameCount)
    }

    /// Removes the file. Does nothing after `finish`.
    func discard() {
        muxer.file.discard()
    }

    private func releaseHeld(before next: EncodedFrame?) throws(MediaError) {
        guard let frame = held else { return }
        held = nil
        let packet = try frame.packet.reference()
        let pointer = packet.pointer
        let duration = next.map { $0.ticks - frame.ticks } ?? pointer.pointee.duration
        pointer.pointee.pts = frame.ticks - firstTicks
        pointer.pointee.dts = pointer.pointee.pts
        pointer.pointee.duration = max(duration, 1)
        pointer.pointee.stream_index = video.pointee.index
        av_packet_rescale_ts(pointer, timeBase.avRational, video.pointee.time_base)
        try muxer.write(packet)
    }
}

extension Muxer {
    /// Adds the video stream of a live stream.
    func addStream(of live: LiveStream) throws(MediaError) -> UnsafeMutablePointer<AVStream> {
        let video = try addStream()
        let status = avcodec_parameters_copy(video.pointee.codecpar, live.parameters.pointer)
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "no memory for a stream", underlyingCode: status, file: name)
        }
        video.pointee.time_base = live.timeBase.avRational
        video.pointee.sample_aspect_ratio = live.source.sampleAspectRatio.avRational
        if live.source.averageFrameRate.isPositive {
            video.pointee.avg_frame_rate = live.source.averageFrameRate.avRational
        }
        return video
    }
}
