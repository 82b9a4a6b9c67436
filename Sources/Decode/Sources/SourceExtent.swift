import CFFmpeg
import Files
import Media

/// Compares the duration that the container states with the packets read, to detect truncated files.
struct SourceExtent {
    /// The duration that the container itself states, in seconds; nil if it states none.
    private let statedDuration: Double?
    /// The container's clock at its start, in seconds.
    private let start: Double
    /// Whether the stated duration may count from 0 instead of from the first packet: Matroska muxers do either.
    private let mayCountFromZero: Bool
    /// The duration of one frame in seconds.
    private let frameDuration: Double
    /// The latest end of any packet, in seconds on the container's clock.
    private var end = 0.0
    /// Whether a packet or the container ended prematurely.
    var isCutShort = false
    /// Whether reading was abandoned.
    var gaveUp = false

    init(_ input: borrowing InputContext, video: VideoStream) {
        let context = input.pointer.pointee
        frameDuration = video.frameRate.isPositive ? 1 / video.frameRate.value : 0.04
        start = context.start_time == saliency_nopts ? 0 : Double(context.start_time) / 1e6
        mayCountFromZero = input.container.contains("matroska")
        // Durations estimated from bit rates or from the last time stamps in the file are not statements of the
        // container.
        let isStated = context.duration_estimation_method == AVFMT_DURATION_FROM_STREAM
        statedDuration = isStated ? Self.durationOfReadStreams(input, start: start) ?? input.duration : nil
    }

    /// The duration in seconds stated by the streams that are read, needed if ignored streams may be longer; nil if all
    /// streams are read, or if not all of them state their durations.
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

    /// Records the end of a packet of any stream.
    mutating func record(_ packet: borrowing PacketBuffer, timeBase: Rational) {
        let p = packet.pointer.pointee
        let time = p.pts != saliency_nopts ? p.pts : p.dts
        guard time != saliency_nopts, abs(Double(time)) < 0x1p60 else { return }
        end = max(end, timeBase.seconds(time) + timeBase.seconds(max(0, p.duration)))
    }

    /// A clause for the user, or nil if the stated duration was reached.
    func verdict() -> String? {
        let present = max(0, end - start)
        let seconds = { (value: Double) in String((value * 100).rounded() / 100) }
        if gaveUp { return "reading was given up after \(seconds(present)) s: what follows is damaged throughout" }
        if let statedDuration {
            // Containers round durations and count the last packet differently, so a small difference is tolerated.
            let tolerance = max(0.25, 2 * frameDuration, 0.01 * statedDuration)
            if statedDuration - (mayCountFromZero ? max(present, end) : present) > tolerance {
                return "the file is truncated: it promises \(seconds(statedDuration)) s and holds \(seconds(present)) s"
            }
        }
        return isCutShort ? "the file is truncated: it ends in the middle, after \(seconds(present)) s" : nil
    }
}

/// Checks whether a file has the size that its container states, for containers for which FFmpeg does not report it.
enum TruncationCheck {
    /// - Parameter container: FFmpeg's name of the container.
    /// - Returns: true if the file ends early; false if not, or if that cannot be determined.
    static func isCutShort(_ path: String, container: String) -> Bool {
        guard let file = try? ReadableFile(path) else { return false }
        switch container {
        case "avi": return isShortRIFF(file)
        case "mpegts":
            // Packets of 188 bytes, optionally with a time stamp before (192) or parity after (204).
            return [188, 192, 204].allSatisfy { file.size % $0 != 0 }
        default: return false
        }
    }

    /// The first RIFF chunk's length, little-endian, is at byte 4; writers that cannot seek leave 0 or all ones.
    private static func isShortRIFF(_ file: ReadableFile) -> Bool {
        guard let header = try? file.bytes(at: 0, count: 8), header.starts(with: Array("RIFF".utf8)) else {
            return false
        }
        let length = header[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
        return length > 0 && length < 0xFFFF_FF00 && length + 8 > file.size
    }
}
