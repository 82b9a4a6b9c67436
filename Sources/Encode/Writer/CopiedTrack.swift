import CFFmpeg
import Decode

/// A side stream whose packets go into the output as they are, only their times counted from the first picture.
final class CopiedTrack: SideTrack {
    private let output: UnsafeMutablePointer<AVStream>
    private let stream: SideStream
    private let name: String
    private let clock: SideClock
    /// The earliest time that the container can hold, in seconds.
    private let earliest: Double
    private let headers: ADTSRemover?
    private var lastTicks: Int64?
    private var lostCount = 0

    init(
        _ stream: SideStream, of source: SourceProperties, container: OutputContainer, muxer: Muxer
    ) throws(MediaError) {
        self.stream = stream
        clock = SideClock(stream, source: source)
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
        let parameters = stream.parameters.pointer.pointee
        if container.takesNegativeTimes {
            earliest = -.infinity
        } else if parameters.codec_id == AV_CODEC_ID_OPUS, parameters.sample_rate > 0 {
            // Matroska says how much of the beginning a decoder throws away.
            earliest = -Double(parameters.initial_padding) / 48_000 - 0.001
        } else {
            earliest = 0
        }
    }

    func write(_ packet: borrowing PacketBuffer, to muxer: Muxer) throws(MediaError) {
        let copy = try packet.reference()
        if let headers, !headers.strip(copy) {
            lostCount += 1
            return
        }
        let pointer = copy.pointer
        let sourceStamp = pointer.pointee.pts != saliency_nopts ? pointer.pointee.pts : pointer.pointee.dts
        guard sourceStamp != saliency_nopts else {
            lostCount += 1
            return
        }
        let duration = stream.timeBase.seconds(pointer.pointee.duration)
        var start = clock.seconds(sourceStamp)
        if start < earliest {
            // What ends before the first picture cannot be held; moving everything else would move the pictures.
            if start + duration <= earliest + 1e-6 { return }
            start = earliest
        }
        let timeBase = Rational(output.pointee.time_base)
        var stamp = ticks(start / timeBase.value)
        if let lastTicks {
            stamp = max(stamp, lastTicks + 1)
            if stamp - lastTicks > muxer.longestStep {
                lostCount += 1
                return
            }
        }
        lastTicks = stamp
        // No codec of sound or text is stored out of order.
        pointer.pointee.pts = stamp
        pointer.pointee.dts = stamp
        pointer.pointee.duration = ticks(duration / timeBase.value)
        pointer.pointee.stream_index = output.pointee.index
        pointer.pointee.pos = -1
        do {
            try muxer.write(copy)
        } catch {
            // A full disk or a lost connection ends the work; a packet that the container refuses does not.
            if muxer.outputFailure != nil { throw error }
            lostCount += 1
        }
    }

    func finish(at end: Double, to muxer: Muxer) {}

    var warnings: [String] {
        lostCount == 0 ? [] : ["\(lostCount) packets of \(name) stream \(stream.index) could not be copied"]
    }
}
