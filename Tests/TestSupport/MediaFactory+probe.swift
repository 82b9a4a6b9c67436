import Foundation

extension MediaFactory {
    /// The output of `ffprobe` for `file`, without section names, one line per entry.
    public static func probe(_ file: String, _ arguments: [String]) throws -> [String] {
        try ffprobe(["-of", "csv=p=0"] + arguments + [file])
            .split(separator: "\n").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: ", ")) }
    }

    /// The time stamps of a stream's packets, in its time base.
    public static func packetTimes(_ file: String, stream: String = "v:0") throws -> [Int64] {
        try probe(file, ["-select_streams", stream, "-show_entries", "packet=pts"]).compactMap { Int64($0) }
    }

    /// A digest of a stream's stored packets.
    public static func packetHash(_ file: String, stream: String) throws -> String {
        String(
            decoding: try ffmpeg(["-i", file, "-map", "0:\(stream)", "-c", "copy", "-f", "hash", "-"]), as: UTF8.self)
    }
}
