import Files

/// Whether a file has the bytes that its container says it has, where the container says so and FFmpeg does not tell.
enum StatedLength {
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
