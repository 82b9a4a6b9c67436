import CFFmpeg
import Decode
import Media
import TestSupport

@testable import Encode

/// Connections of live streams with synthetic wall clocks.
enum LiveMaterial {
    /// 2027-01-15T08:00:00Z, a multiple of every segment length in the tests.
    static let noon = 1_800_000_000.0

    /// A connection of drawn frames without sound.
    ///
    /// - Parameters:
    ///   - wallClock: of frame 0.
    ///   - start: the number of the first frame.
    ///   - isKeyFrame: asked for each frame's wall clock.
    static func frames(
        _ count: Int, rate: Int = 25, wallClock: Double = noon, start: Int = 0, encoder: LiveEncoder? = nil,
        noise: Bool = false,
        isKeyFrame: (Double) -> Bool = { _ in false }, body: (EncodedFrame) throws -> Void
    ) throws {
        let encoder = try encoder ?? self.encoder(rate: rate)
        let maker = CanvasMaker(format: encoder.format)
        for index in start..<start + count {
            let pts = Int64(index) * 12_800 / Int64(rate)
            let frame = try Fixtures.frame(
                width: encoder.format.width, height: encoder.format.height, index: index, pts: pts,
                duration: 12_800 / Int64(rate), noise: noise ? UInt64(index) : nil)
            let clock = wallClock + Double(index) / Double(rate)
            let encoded = try encoder.encode(
                maker.canvas(of: frame), wallClock: clock, isKeyFrame: isKeyFrame(clock))
            for frame in encoded { try body(frame) }
        }
    }

    static func encoder(width: Int = 64, height: Int = 48, rate: Int = 25) throws -> LiveEncoder {
        try LiveEncoder(
            source: Fixtures.source(width: width, height: height, rate: Rational(Int32(rate), 1)),
            settings: VideoSettings(preset: .ultrafast, threads: 1), name: "gate")
    }

    /// A file with sound, read as a connection: its items and their streams.
    struct Recording {
        let properties: SourceProperties
        let items: [SourceItem]

        init(_ path: String) throws {
            let source = try VideoFileSource(path)
            properties = source.properties
            var items: [SourceItem] = []
            while let item = try source.next() { items.append(item) }
            self.items = items
        }

        /// Seconds since the first frame.
        func time(of packet: MediaPacket) -> Double {
            let unit = properties.auxiliaryStreams.first { $0.index == packet.stream }?.timeBase ?? Rational(1, 1)
            return unit.seconds(packet.buffer.pointer.pointee.pts) - properties.startTime
        }

        /// The encoded packets of the recording, with the sound packets `soundDelay` seconds later in the order than by
        /// their time stamps.
        ///
        /// - Parameter isKeyFrame: asked for each frame's wall clock.
        func packets(
            _ encoder: LiveEncoder, wallClock: Double = noon, soundDelay: Double = 0,
            isKeyFrame: (Double) -> Bool = { _ in false }, body: (LivePacket) throws -> Void
        ) throws {
            let maker = CanvasMaker(format: encoder.format)
            let ordered = items.enumerated().sorted { (arrival($0), $0.offset) < (arrival($1), $1.offset) }
            func arrival(_ entry: EnumeratedSequence<[SourceItem]>.Element) -> Double {
                switch entry.element {
                case .frame(let frame): frame.time
                case .packet(let packet): time(of: packet) + soundDelay
                }
            }
            for (_, item) in ordered {
                switch item {
                case .frame(let frame):
                    let clock = wallClock + frame.time
                    let encoded = try encoder.encode(
                        maker.canvas(of: frame), wallClock: clock, isKeyFrame: isKeyFrame(clock))
                    for frame in encoded { try body(.frame(frame)) }
                case .packet(let packet): try body(.auxiliary(packet, time: time(of: packet)))
                }
            }
        }
    }

    /// A clip of `seconds` with a tone, 160 by 120 at 25 Hz.
    static func recording(
        _ directory: TemporaryDirectory, seconds: Int = 6, sound: [String] = ["-c:a", "aac"], rate: Int = 44_100
    ) throws -> Recording {
        let path = directory.file("source.mkv")
        try MediaFactory.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=\(seconds)", "-f", "lavfi", "-i",
                "sine=frequency=440:duration=\(seconds):sample_rate=\(rate)", "-c:v", "libx264", "-bf", "0",
                "-preset", "ultrafast",
            ] + sound + [path])
        return try Recording(path)
    }
}
