import Foundation
import TestSupport
import Testing

/// A segment or clip, read with FFmpeg's own commands.
struct RecordedFile {
    let path: String
    /// The start time in the metadata, with its fraction, and the origin that they state.
    let start: Date
    let description: String
    let lastWritten: Date
    /// The times of the frames in seconds since the first.
    let times: [Double]
    let hasSound: Bool

    init(_ path: String) throws {
        self.path = path
        let text = try MediaFactory.ffprobe([
            "-show_entries", "format_tags:stream=codec_type:packet=codec_type,pts_time", "-of", "json", path,
        ])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let probe = try decoder.decode(Probe.self, from: Data(text.utf8))
        let date = try #require(probe.format.tags["date"], "\(path) has no date")
        start = try #require(try? Date(date, strategy: Self.format), "\(date)")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        lastWritten = try #require(attributes[.modificationDate] as? Date)
        description = probe.format.tags["description"] ?? ""
        times = probe.packets.filter { $0.codecType == "video" }.compactMap { $0.ptsTime.flatMap { Double($0) } }
        hasSound = probe.streams.contains { $0.codecType == "audio" }
    }

    /// Checks that every file begins after the end of the one before it.
    static func expectOrder(_ files: [RecordedFile], _ location: SourceLocation = #_sourceLocation) {
        let written = files.sorted { $0.lastWritten < $1.lastWritten }
        for (first, second) in zip(written, written.dropFirst()) {
            #expect(first.start < second.start, "\(first.path), \(second.path)", sourceLocation: location)
        }
    }

    /// Seconds until the start of the last frame.
    var duration: Double { (times.last ?? 0) - (times.first ?? 0) }

    /// Checks that everything can be decoded and that times increase.
    ///
    /// - Parameter sound: false if the sound, which is copied, was damaged in transit.
    func expectToPlay(sound: Bool = true, _ location: SourceLocation = #_sourceLocation) throws {
        #expect(!times.isEmpty, "\(path)", sourceLocation: location)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "\(path): \(times)", sourceLocation: location)
        // Throws at the first error.
        try MediaFactory.ffmpeg(
            ["-xerror", "-err_detect", "explode", "-i", path] + (sound ? [] : ["-an"]) + ["-f", "null", "-"])
    }

    private static let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private struct Probe: Decodable {
        struct Format: Decodable { var tags: [String: String] }
        struct Stream: Decodable { var codecType: String }
        struct Packet: Decodable {
            var codecType: String
            var ptsTime: String?
        }
        var format: Format
        var streams: [Stream]
        var packets: [Packet]
    }
}
