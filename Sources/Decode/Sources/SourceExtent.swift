import CFFmpeg
import Files
import Media

/// Compares what the container promised with what came: how a truncated file is told from a short one.
struct SourceExtent {
    /// Media time that the container states itself, in seconds; nil if it states none.
    private let statedDuration: Double?
    /// The container's clock at its start, in seconds.
    private let start: Double
    /// Whether the stated duration may count from 0 instead of the first packet: Matroska muxers do either.
    private let mayCountFromZero: Bool
    /// Seconds of one frame.
    private let frameDuration: Double
    /// The latest end of any packet, in seconds on the container's clock.
    private var end = 0.0
    /// A packet or the container ended in the middle.
    var isCutShort = false
    /// Reading was given up.
    var gaveUp = false

    init(_ input: borrowing InputContext, video: VideoStream) {
        let context = input.pointer.pointee
        frameDuration = video.frameRate.isPositive ? 1 / video.frameRate.value : 0.04
        start = context.start_time == saliency_nopts ? 0 : Double(context.start_time) / 1e6
        mayCountFromZero = input.container.contains("matroska")
        // Estimates from bit rates or from the last time stamps in the file promise nothing.
        let isStated = context.duration_estimation_method == AVFMT_DURATION_FROM_STREAM
        statedDuration = isStated ? Self.durationOfReadStreams(input, start: start) ?? input.duration : nil
    }

    /// Seconds that the streams which are read state themselves, where others are passed over that may be longer; nil
    /// where the container's duration says it all, or not every stream states its own.
    private static func durationOfReadStreams(_ input: borrowing InputContext, start: Double) -> Double? {
        var ends: [Double?] = []
        for index in 0..<input.streamCount {
            guard let stream = input.stream(index)?.pointee, stream.discard != AVDISCARD_ALL else { continue }
            let tick = Rational(stream.time_base)
            let isStated = stream.duration != saliency_nopts && stream.start_time != saliency_nopts
            ends.append(isStated ? tick.seconds(stream.start_time) + tick.seconds(stream.duration) : nil)
        }
        guard ends.count < input.streamCount else { return nil }
        let stated = ends.compactMap(\.self)
        return stated.count == ends.count ? stated.max().map { $0 - start } : nil
    }

    /// Notes a packet of any stream.
    mutating func note(_ packet: borrowing PacketBuffer, timeBase: Rational) {
        let p = packet.pointer.pointee
        let time = p.pts != saliency_nopts ? p.pts : p.dts
        guard time != saliency_nopts, abs(Double(time)) < 0x1p60 else { return }
        end = max(end, timeBase.seconds(time) + timeBase.seconds(max(0, p.duration)))
    }

    /// One clause for the user, or nil if everything promised came.
    func verdict() -> String? {
        let present = max(0, end - start)
        let seconds = { (value: Double) in String((value * 100).rounded() / 100) }
        if gaveUp { return "reading was given up after \(seconds(present)) s: what follows is damaged throughout" }
        if let statedDuration {
            // Containers round durations and count the last packet's differently: allow a little.
            let tolerance = max(0.25, 2 * frameDuration, 0.01 * statedDuration)
            if statedDuration - (mayCountFromZero ? max(present, end) : present) > tolerance {
                return "the file is truncated: it promises \(seconds(statedDuration)) s and holds \(seconds(present)) s"
            }
        }
        return isCutShort ? "the file is truncated: it ends in the middle, after \(seconds(present)) s" : nil
    }
}

/// Whether a file has the bytes that its container says it has, where the container says so and FFmpeg does not tell.
enum TruncationCheck {
    /// - Parameter container: FFmpeg's name of it.
    /// - Returns: true if the file ends early; false if not, or if there is no way to tell.
    static func isCutShort(_ path: String, container: String) -> Bool {
        guard let file = try? ReadableFile(path) else { return false }
        switch container {
        case "avi": return isShortRIFF(file)
        case "mpegts":
            // Packets of 188 bytes, with a time stamp before (192) or parity after (204).
            return [188, 192, 204].allSatisfy { file.size % $0 != 0 }
        default: return false
        }
    }

    /// The first RIFF chunk's length, little endian, lies at byte 4; writers that cannot seek leave 0 or all ones.
    private static func isShortRIFF(_ file: ReadableFile) -> Bool {
        guard let header = try? file.bytes(at: 0, count: 8), header.starts(with: Array("RIFF".utf8)) else {
            return false
        }
        let length = header[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
        return length > 0 && length < 0xFFFF_FF00 && length + 8 > file.size
    }
}
