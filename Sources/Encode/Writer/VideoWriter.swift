import CFFmpeg
import Files
import Glibc
import Media

/// Writes a video with the frames, time stamps, sound and subtitles of its source.
///
/// The file has a temporary name until `finish` completes, verifies and renames it; if that is not called, the file is
/// removed. Frames and packets of other streams must be written in the source's order. Not thread-safe: one thread
/// writes.
public final class VideoWriter {
    /// The container's metadata (`comment`; in transport streams `service_provider`) by which the program's own outputs
    /// are recognised.
    public static let mark = "Annotated by saliencyd"

    /// The mark of a video with an origin: "Annotated by saliencyd: ORIGIN".
    public static func mark(_ origin: String?) -> String {
        origin.map { "\(mark): \($0)" } ?? mark
    }

    /// The format of the frames for `write`.
    public let format: CanvasFormat
    /// The number of frames written so far.
    public private(set) var frameCount = 0

    /// The first frame's time in the output, in seconds: 0 unless sound begins before it.
    public var firstFrameTime: Double { clock.lead }

    private let container: OutputContainer
    private let muxer: FileMuxer
    private let encoder: VideoEncoder
    private let stream: UnsafeMutablePointer<AVStream>
    private let auxiliary: AuxiliaryTracks
    private let labels: LabelTrack?
    private let source: SourceProperties
    private var openingWarnings: [String]
    private var closingWarnings: [String] = []
    private var clock: FrameClock
    private var hasLostCaptions = false
    /// Time stamps and durations of the frames that the encoder holds, oldest first.
    private var inFlight: [(pts: Int64, duration: Int64)] = []
    /// The packet of the newest frame, held until its duration is known.
    private var held: PacketBuffer?
    private var span: (first: Int64, last: Int64)?
    private var isDone = false

    /// Opens the output.
    ///
    /// - Parameters:
    ///   - path: the output; its file name extension selects the container.
    ///   - source: the source of the frames and packets; the output must not be the same file.
    ///   - format: the format of the frames; nil for the source's.
    /// - Throws: `MediaError.outputExists`; `cannotWrite` for an unknown extension, a folder that is missing or not
    ///   writable, or an output that is the source.
    public convenience init(
        path: String, source: SourceProperties, format: CanvasFormat? = nil, options: WriterOptions = WriterOptions()
    ) throws(MediaError) {
        try self.init(path: path, source: source, format: format, options: options, spaceLimit: .max)
    }

    init(
        path: String, source: SourceProperties, format: CanvasFormat?, options: WriterOptions, spaceLimit: Int
    ) throws(MediaError) {
        FFmpegLog.silence()
        container = try OutputContainer(path: path)
        let format = format ?? CanvasFormat(source: source)
        self.format = format
        var source = source
        if options.audio == .omitted { source.auxiliaryStreams.removeAll { $0.kind == .audio } }
        let clock = FrameClock(source: source, container: container, lead: source.soundLead)
        self.clock = clock
        source.begin(earlierBy: clock.lead)
        self.source = source
        if Self.isSameFile(path, source.name) {
            throw MediaError(.cannotWrite, "is the input itself; name another output", file: path)
        }
        var plan = OutputPlan(source.auxiliaryStreams, container: container, audio: options.audio)
        var muxerOptions = container.muxerOptions(
            frameUnit: clock.timeBase, isFragmented: options.video.isFragmented)
        // MP4 stores the start of the frames in the movie's time scale, which is a millisecond by default.
        if clock.lead > 0, container.isMP4 {
            muxerOptions.append(("movie_timescale", String(clock.timeBase.denominator)))
        }
        var attemptSource = source
        while true {
            let file = try StagedFile(destination: path, replaces: options.replacesExisting)
            file.remainingSpace = spaceLimit
            let attempt = try OutputStreams(
                plan: plan, container: container, file: file, source: attemptSource, format: format, clock: clock,
                options: options)
            do throws(MediaError) {
                try attempt.begin(muxerOptions)
            } catch {
                // The container may reject an attachment or stream only when the header is written; try again without
                // it.
                if file.writeError == 0, !attemptSource.extras.attachments.isEmpty {
                    attemptSource.extras.attachments = []
                    continue
                }
                if file.writeError == 0, plan.reduce() { continue }
                throw error
            }
            muxer = attempt.muxer
            encoder = attempt.encoder
            stream = attempt.video
            auxiliary = attempt.auxiliary
            labels = attempt.labels
            openingWarnings = source.extras.losses + plan.warnings + attempt.auxiliary.warnings
            break
        }
        openingWarnings += Self.warnings(encoder, source: source, format: format, container: container)
        if format.color.dynamicRange != nil {
            openingWarnings.append("HDR is written with 8 bits per sample; its colour tags are kept")
        }
        if options.hasLabels, labels == nil {
            openingWarnings.append(
                "\(container.rawValue) files hold no label track; the labels are only in the .vtt file")
        }
    }

    deinit {
        abort()
    }

    /// Writes the next frame.
    ///
    /// - Throws: `MediaError.cannotWrite` if the disk is full or the frame cannot be encoded; the output is then lost.
    public func write(_ canvas: consuming Canvas) throws(MediaError) {
        if frameCount == 0, container == .avi, clock.lead > 0 { try writeEmptyFrame() }
        let pts = clock.stamp(canvas.pts)
        span = (span?.first ?? pts, pts)
        if !inFlight.isEmpty, let last = inFlight.last { inFlight[inFlight.count - 1].duration = pts - last.pts }
        inFlight.append((pts, canvas.duration))
        try releaseHeld()
        if container == .webm, ClosedCaptions.arePresent(in: canvas.buffer.pointer) { hasLostCaptions = true }
        canvas.buffer.pointer.pointee.pts = pts
        try encoder.send(canvas.buffer.pointer)
        frameCount += 1
        try drainEncoder()
    }

    /// Writes a packet of one of the source's other streams: copied, transcoded, or dropped as planned at the start.
    public func write(_ packet: MediaPacket) throws(MediaError) {
        try auxiliary.tracks[packet.stream]?.write(packet.buffer, to: muxer)
    }

    /// Writes a label into the label track, if there is one.
    ///
    /// Labels must be in order of time; if two overlap, the later one begins when the earlier one ends.
    ///
    /// - Parameters:
    ///   - start: seconds since the first frame.
    ///   - end: seconds since the first frame.
    public func writeLabel(_ text: String, from start: Double, to end: Double) throws(MediaError) {
        try labels?.write(text, from: start + clock.lead, to: end + clock.lead, muxer: muxer)
    }

    /// One sentence for each loss; complete after `finish`.
    public var warnings: [String] {
        var all = openingWarnings + auxiliary.losses + closingWarnings
        if hasLostCaptions {
            all.append("webm files hold no closed captions (CEA-608, CEA-708) in their frames; they are left out")
        }
        if clock.largestShift > 0.001 {
            let milliseconds = (clock.largestShift * 1000).rounded()
            let reason =
                container == .avi
                ? "avi files hold one constant frame rate" : "the source's time stamps cannot be held"
            all.append("\(reason): frames are moved by up to \(milliseconds) ms")
        }
        return all
    }

    /// Writes the remaining data, syncs the file to disk, verifies it by reading it back and renames it to its
    /// destination.
    ///
    /// - Parameter progress: called after every frame that is read back.
    /// - Throws: `MediaError.cannotWrite` or `outputExists`; then no file is left.
    public func finish(progress: () -> Void = {}) throws(MediaError) {
        guard !isDone else { return }
        defer { abort() }
        guard frameCount > 0 else {
            throw MediaError(.cannotWrite, "there is no frame to write", file: muxer.file.destination)
        }
        try encoder.send(nil)
        try drainEncoder()
        if !inFlight.isEmpty {
            inFlight[0].duration = clock.duration(ofLast: inFlight[0].duration)
        }
        let lastDuration = inFlight.first?.duration ?? 0
        try releaseHeld()
        let end = clock.lead + (span.map { clock.timeBase.seconds($0.last - $0.first + lastDuration) } ?? 0)
        try auxiliary.finish(at: end, to: muxer)
        try labels?.finish(at: end, muxer: muxer)
        try muxer.setChapters(source.extras.chapters, end: end)
        try muxer.writeTrailer()
        try muxer.file.synchronize()
        let span = span.map { clock.timeBase.seconds($0.last - $0.first) } ?? 0
        let found = try OutputVerifier.verify(
            muxer.file.stagedPath, as: container, destination: muxer.file.destination, frameCount: frameCount,
            span: span, tolerance: 0.002, progress: progress)
        closingWarnings =
            CarriedExtras(
                source: source.extras, holder: "\(container.rawValue) files", video: Int(stream.pointee.index),
                streams: muxer.carried, chapterCount: source.extras.chapters.clipped(to: end).count,
                properties: source.carriedProperties(in: format)
            ).losses(found)
        try muxer.file.commit()
        isDone = true
    }

    /// Removes the file. Does nothing after `finish`.
    public func abort() {
        muxer.file.discard()
        isDone = true
    }

    /// AVI numbers its frames: the muxer fills gaps with empty frames, but needs one at the beginning.
    private func writeEmptyFrame() throws(MediaError) {
        let packet = try PacketBuffer.holding([])
        packet.pointer.pointee.pts = 0
        packet.pointer.pointee.dts = 0
        packet.pointer.pointee.duration = 1
        packet.pointer.pointee.stream_index = stream.pointee.index
        try muxer.write(packet)
    }

    private func drainEncoder() throws(MediaError) {
        while let packet = try encoder.receive() {
            held = consume packet
            // The durations of all frames except the newest are known.
            if inFlight.count > 1 { try releaseHeld() }
        }
    }

    /// Writes the held packet, whose frame is the oldest in flight.
    private func releaseHeld() throws(MediaError) {
        guard let packet = held.take(), !inFlight.isEmpty else { return }
        let (_, duration) = inFlight.removeFirst()
        packet.pointer.pointee.duration = max(duration, 1)
        packet.pointer.pointee.stream_index = stream.pointee.index
        av_packet_rescale_ts(packet.pointer, encoder.timeBase, stream.pointee.time_base)
        try muxer.write(packet)
    }

    /// Warnings about sizes and fields that a codec does not support.
    private static func warnings(
        _ encoder: VideoEncoder, source: SourceProperties, format: CanvasFormat, container: OutputContainer
    ) -> [String] {
        var warnings: [String] = []
        if !encoder.isEven {
            let (width, height) = (EvenFrame.length(format.width), EvenFrame.length(format.height))
            warnings.append(
                "\(container.rawValue) files hold even sizes: \(format.width)x\(format.height) becomes \(width)x\(height), with "
                    + "the last column or row repeated")
        }
        if encoder.fieldOrder.isInterlaced {
            warnings.append(
                "the source is interlaced, and so is the output; deinterlace the source first (ffmpeg's filter bwdif) where "
                    + "moving edges must be intact")
        } else if source.fieldOrder.isInterlaced {
            warnings.append(
                "the source is interlaced, which \(container.rawValue) files do not hold at \(format.height) lines: each frame "
                    + "shows both fields at once; deinterlace the source first (ffmpeg's filter bwdif)")
        }
        return warnings
    }

    private static func isSameFile(_ first: String, _ second: String) -> Bool {
        var a = stat()
        var b = stat()
        return stat(first.fileBytes, &a) == 0 && stat(second.fileBytes, &b) == 0 && a.st_dev == b.st_dev
            && a.st_ino == b.st_ino
    }
}

extension SourceProperties {
    /// The seconds of audible sound before the first frame; 0 if there is none, or if the time is implausibly long.
    fileprivate var soundLead: Double {
        let leads = auxiliaryStreams.filter { $0.kind == .audio }.map { -$0.videoStartOffset }
        return leads.filter { $0 > Self.rounding && $0 <= Self.longestLead }.max() ?? 0
    }

    /// The seconds by which containers round times; a shorter lead is ignored.
    private static let rounding = 0.0015
    /// The maximum plausible lead in seconds.
    private static let longestLead = 600.0

    /// Moves time 0 to this many seconds before the first frame.
    fileprivate mutating func begin(earlierBy lead: Double) {
        startTime -= lead
        for index in auxiliaryStreams.indices { auxiliaryStreams[index].videoStartOffset += lead }
        for index in extras.chapters.indices {
            extras.chapters[index].start += lead
            extras.chapters[index].end += lead
        }
    }
}
