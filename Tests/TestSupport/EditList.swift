import Foundation

/// Writes edit lists into MP4 files (ISO/IEC 14496-12, 8.6.6), as video editors do that cut without encoding again.
public enum EditList {
    public struct Failure: Error {}

    /// A range of a track; the ranges are presented one after another.
    public struct Edit {
        /// In the movie's time scale; that of `ffmpeg` is milliseconds.
        var duration: UInt32
        /// In the track's time scale.
        var mediaTime: Int32

        public init(milliseconds: UInt32, from mediaTime: Int32) {
            duration = milliseconds
            self.mediaTime = mediaTime
        }
    }

    /// Replaces the edit lists of the tracks of a file whose `moov` box comes last.
    ///
    /// - Parameter edits: the edits of each track, in the file's order.
    public static func write(_ edits: [[Edit]], into path: String) throws {
        let url = URL(fileURLWithPath: path)
        let bytes = [UInt8](try Data(contentsOf: url))
        var tracks = edits.makeIterator()
        let result = try boxes(bytes[...]).flatMap { kind, content -> [UInt8] in
            guard kind == "moov" else { return box(kind, Array(content)) }
            let movie = try boxes(content).flatMap { kind, content -> [UInt8] in
                guard kind == "trak", let edits = tracks.next() else { return box(kind, Array(content)) }
                let parts = try boxes(content).map { kind, content in
                    kind == "edts" ? box("edts", list(edits)) : box(kind, Array(content))
                }
                return box(kind, parts.flatMap { $0 })
            }
            return box(kind, movie)
        }
        try Data(result).write(to: url)
    }

    private static func list(_ edits: [Edit]) -> [UInt8] {
        let entries = edits.flatMap {
            number($0.duration) + number(UInt32(bitPattern: $0.mediaTime)) + number(0x10000)
        }
        return box("elst", number(0) + number(UInt32(edits.count)) + entries)
    }

    private static func boxes(_ bytes: ArraySlice<UInt8>) throws -> [(kind: String, content: ArraySlice<UInt8>)] {
        var rest = bytes
        var found: [(String, ArraySlice<UInt8>)] = []
        while rest.count >= 8 {
            let size = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard size >= 8, size <= rest.count else { throw Failure() }
            let kind = String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self)
            found.append((kind, rest.prefix(size).dropFirst(8)))
            rest = rest.dropFirst(size)
        }
        return found
    }

    private static func box(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        number(UInt32(content.count + 8)) + Array(kind.utf8) + content
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
