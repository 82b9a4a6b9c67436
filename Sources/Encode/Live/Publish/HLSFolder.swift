import CFFmpeg
import Glibc
import Media

/// The files of an HLS folder: "live.m3u8" and "live-1764167000.ts", ….
enum HLSFolder {
    private static let playlist = "live.m3u8"

    /// Makes the folder if it is missing and removes what an earlier run left in it: nobody will remove those files else.
    ///
    /// - Returns: the playlist's path, absolute: FFmpeg reads "a:b" as a protocol.
    /// - Throws: `MediaError.cannotWrite`.
    static func prepare(_ folder: String) throws(MediaError) -> String {
        if mkdir(folder, 0o777) != 0, errno != EEXIST {
            throw MediaError(.cannotWrite, "cannot be created", underlyingCode: saliency_averror(errno), file: folder)
        }
        guard let resolved = realpath(folder, nil) else {
            throw MediaError(.cannotWrite, "cannot be opened", underlyingCode: saliency_averror(errno), file: folder)
        }
        defer { free(resolved) }
        let path = String(cString: resolved)
        // In FFmpeg's pattern for the segments' names it cannot be escaped.
        guard !path.contains("%") else {
            throw MediaError(.refused, "the path of a folder for HLS cannot have a percent sign in it", file: path)
        }
        let files = try OpenFolder(path)
        for name in files.names() where isSegment(name) && files.size(of: name) != nil { _ = files.remove(name) }
        return "\(path)/\(playlist)"
    }

    /// FFmpeg's pattern for the segments beside a playlist.
    static func segmentPattern(of playlist: String) -> String {
        playlist.dropLast(Self.playlist.utf8.count) + "live-%d.ts"
    }

    /// "live-1764167000.ts", or the same with ".tmp" while it is being written.
    private static func isSegment(_ name: String) -> Bool {
        guard name.hasPrefix("live-") else { return false }
        let rest = name.dropFirst("live-".count)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        return !digits.isEmpty && [".ts", ".ts.tmp"].contains(String(rest.dropFirst(digits.count)))
    }
}
