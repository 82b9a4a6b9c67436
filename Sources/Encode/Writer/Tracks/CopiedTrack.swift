import CFFmpeg
import Files
import Media

/// A side stream whose packets go into the output as they are, only their times counted from the output's beginning.
///
/// What an edit list of the source hides is left out. MP4 and MOV hide what lies before their beginning, so that the packets
/// there which run a decoder in come along; in other containers sound begins with the first packet that is heard from its
/// first sample on.
final class CopiedTrack: AuxiliaryTrack {
    /// Seconds before the first sound that is heard whose packets run the decoder in.
    private static let longestRunIn = 0.1
    private static let maximumRunInPackets = 64
    /// Seconds by which containers round times.
    private static let rounding = 0.0015

    private let output: UnsafeMutablePointer<AVStream>
    private let stream: AuxiliaryStream
    private let name: String
    private let clock: AuxiliaryClock
    private let container: OutputContainer
    private let headers: ADTSRemover?
    /// Seconds at the stream's beginning that its description says are thrown away, and by which times are later therefore.
    private let delay: Double
    /// Whether a player may begin with any packet.
    private let isIntraOnly: Bool
    private var heard: HeardSound
    /// Packets that are not heard, before the first that is.
    private var runIn: [RunInPacket] = []
    /// Seconds of sound that is not heard before the first that is.
    private var hiddenTime = 0.0
    private var lastTicks: Int64?
    private var lostCount = 0

    /// With its time in seconds since the output's beginning.
    private struct RunInPacket {
        var packet: MediaPacket
        var start: Double
        var duration: Double
    }

    init(
        _ stream: AuxiliaryStream, of source: SourceProperties, container: OutputContainer, muxer: Muxer
    ) throws(MediaError) {
        self.stream = stream
        self.container = container
        clock = AuxiliaryClock(stream, source: source)
        heard = HeardSound(stream)
        isIntraOnly = saliency_is_intra_only(stream.parameters.pointer)
        name = stream.kind == .audio ? "audio" : "subtitle"
        output = try muxer.addStream()
        let status = avcodec_parameters_copy(output.pointee.codecpar, stream.parameters.pointer)
        guard status >= 0 else {
            throw MediaError(.cannotWrite, "no memory for a stream", underlyingCode: status)
        }
        // The tag is the source container's.
        output.pointee.codecpar.pointee.codec_tag = 0
        output.pointee.time_base = stream.timeBase.avRational
        // A transport stream wants the headers back.
        if container != .ts, ADTSRemover.isNeeded(for: stream.parameters) {
            headers = try ADTSRemover(stream)
            if let config = AudioSpecificConfig(stream.parameters) {
                try output.pointee.codecpar.setExtradata(config.bytes)
            }
        } else {
            headers = nil
        }
        muxer.carry(stream.label, to: output, named: stream.title)
        container.describeRunIn(output.pointee.codecpar, rate: Int32(OutputContainer.opusRate))
        delay = container.codecDelay(output.pointee.codecpar)
    }

    func write(_ packet: borrowing PacketBuffer, to muxer: Muxer) throws(MediaError) {
        let hiddenStart = heard.hiddenStart(of: packet)
        let copy = try packet.reference()
        if let headers, !headers.strip(copy) {
            lostCount += 1
            return
        }
        let fields = packet.pointer.pointee
        let stamp = fields.pts != saliency_nopts ? fields.pts : fields.dts
        guard stamp != saliency_nopts else {
            if hiddenStart != nil { lostCount += 1 }
            return
        }
        let duration = stream.timeBase.seconds(max(0, fields.duration))
        let start = clock.seconds(stamp)
        let isBefore = start < -1e-6 && start + duration <= 1e-6
        guard let hiddenStart, !isBefore else {
            if stream.kind == .audio, lastTicks == nil { hold(copy, at: start, duration: duration) }
            return
        }
        let heardStart = max(start + hiddenStart, 0)
        let isRunIn = lastTicks == nil && hiddenTime + hiddenStart <= Self.longestRunIn
        // FFmpeg 5.1's players hear what lies before the beginning of a file in fragments (those from 6.1 on do not).
        let isHeld = container.takesNegativeTimes && lastTicks == nil && (isRunIn || !muxer.isFragmented)
        if stream.kind == .audio, heardStart - start > Self.rounding {
            if isHeld, heardStart <= Self.rounding {
                try writeRunIn(before: start, to: muxer)
            } else if lastTicks != nil || heardStart - start > delay + Self.rounding {
                // A packet is heard from its first sample on or not at all. An encoder's own run-in is silence, and may be.
                guard isRunIn, heardStart - start < duration / 2 else { return }
            }
        } else if isHeld, start <= Self.rounding {
            try writeRunIn(before: start, to: muxer)
        }
        runIn = []
        let earliest = container.takesNegativeTimes ? -Double.infinity : -delay
        try mux(copy, at: max(start, earliest), duration: duration, muxer)
    }

    /// Keeps a packet that the decoder may need before the first that is heard.
    private func hold(_ packet: consuming PacketBuffer, at start: Double, duration: Double) {
        hiddenTime += duration
        guard container.takesNegativeTimes else { return }
        runIn.append(
            RunInPacket(packet: MediaPacket(buffer: packet, stream: stream.index), start: start, duration: duration))
        runIn.removeAll { $0.start < start - Self.longestRunIn }
        if runIn.count > Self.maximumRunInPackets { runIn.removeFirst() }
    }

    /// Writes what the decoder needs before the first packet that is heard, where the container hides it.
    private func writeRunIn(before start: Double, to muxer: Muxer) throws(MediaError) {
        for held in runIn where held.start < 0 && held.start >= start - Self.longestRunIn {
            try mux(held.packet.buffer.reference(), at: held.start, duration: held.duration, muxer)
        }
    }

    /// - Parameters:
    ///   - start: seconds since the output's beginning.
    ///   - duration: seconds.
    private func mux(
        _ packet: consuming PacketBuffer, at start: Double, duration: Double, _ muxer: Muxer
    ) throws(MediaError) {
        let timeBase = Rational(output.pointee.time_base)
        var stamp = ticks((start + delay) / timeBase.value) - container.addedDelay(output)
        if let lastTicks {
            stamp = max(stamp, lastTicks + 1)
            if stamp - lastTicks > muxer.longestStep {
                lostCount += 1
                return
            }
        }
        lastTicks = stamp
        let pointer = packet.pointer
        // No codec of sound or text is stored out of order.
        pointer.pointee.pts = stamp
        pointer.pointee.dts = stamp
        pointer.pointee.duration = ticks(duration / timeBase.value)
        pointer.pointee.stream_index = output.pointee.index
        pointer.pointee.pos = -1
        pointer.pointee.flags &= ~AV_PKT_FLAG_DISCARD
        if isIntraOnly { pointer.pointee.flags |= AV_PKT_FLAG_KEY }
        do {
            try muxer.write(packet)
        } catch {
            // A full disk or a lost connection ends the work; a packet that the container refuses does not.
            if muxer.outputFailure != nil { throw error }
            lostCount += 1
        }
    }

    func finish(at end: Double, to muxer: Muxer) {}

    var warnings: [String] {
        lostCount == 0 ? [] : ["\(lostCount.counted("packet")) of \(name) stream \(stream.index) could not be copied"]
    }
}
