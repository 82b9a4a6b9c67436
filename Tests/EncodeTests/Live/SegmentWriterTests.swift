import CFFmpeg
import Decode
import Files
import Foundation
import Media
import TestSupport
import Testing

@testable import Encode

@Suite struct SegmentWriterTests {
    let directory: TemporaryDirectory
    let settings: SegmentSettings

    init() throws {
        directory = try TemporaryDirectory()
        settings = SegmentSettings(folder: directory.path, length: 2, name: "gate")
        av_log_set_level(AV_LOG_QUIET)
    }

    /// Writes frames with key frames where the writer asks for them.
    func write(
        _ count: Int, to writer: SegmentWriter, encoder: LiveEncoder, wallClock: Double, noise: Bool = false,
        asksForKeys: Bool = true, before: (Int) throws -> Void = { _ in }
    ) throws -> (segments: [Segment], errors: [MediaError]) {
        var segments: [Segment] = []
        var errors: [MediaError] = []
        var index = 0
        try LiveMaterial.frames(
            count, wallClock: wallClock, encoder: encoder, noise: noise,
            isKeyFrame: { asksForKeys && writer.beginsSegment(at: $0) }
        ) { frame in
            try before(index)
            index += 1
            do { segments += try writer.write(.frame(frame)) } catch let error as MediaError {
                errors.append(error)
            }
        }
        do { segments += try writer.finish() } catch { errors.append(error) }
        segments += (try? writer.finish()) ?? []
        return (segments, errors)
    }

    /// The names of the files in the day's folder.
    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory.file("2027-01-15"))) ?? []).sorted()
    }

    /// Checks that a segment can be played alone: it begins with a key frame, and its number of frames and its duration
    /// are right.
    func checkPlays(_ segment: Segment) throws {
        let packets = try MediaFactory.probe(
            segment.path, ["-select_streams", "v", "-show_entries", "packet=pts_time,flags"])
        #expect(packets.first?.hasPrefix("0.000000,K") == true, "\(packets.first ?? "no packet")")
        #expect(packets.count == segment.frames)
        #expect(try MediaFactory.countedFrames(segment.path) == segment.frames)
        let duration = try MediaFactory.probe(
            segment.path, ["-select_streams", "v", "-show_entries", "stream=duration"]
        ).first.flatMap(Double.init)
        #expect(abs(try #require(duration) - segment.duration) < 0.0005)
        let size = try FileManager.default.attributesOfItem(atPath: segment.path)[.size] as? Int
        #expect(size == segment.bytes)
    }

    @Test func filesBeginAtMultiplesOfTheLength() throws {
        let encoder = try LiveMaterial.encoder()
        let writer = try SegmentWriter(settings, connection: 3, stream: encoder.stream)
        let start = LiveMaterial.noon + 1.3
        let (segments, errors) = try write(160, to: writer, encoder: encoder, wallClock: start)
        #expect(errors.isEmpty && writer.lostSegments == 0 && writer.warnings.isEmpty)
        // 25 fps from 1.3 s on: the first frames at or after 2, 4 and 6 s are frames 18, 68 and 118.
        #expect(segments.map(\.frames) == [18, 50, 50, 42])
        for (segment, index) in zip(segments, [0, 18, 68, 118]) {
            #expect(abs(segment.start - (start + Double(index) / 25)) < 1e-6)
            try checkPlays(segment)
        }
        #expect(abs(segments.reduce(0) { $0 + $1.duration } - 6.4) < 1e-6)
        #expect(
            files == ["01", "02", "04", "06"].map { "gate-20270115T0800\($0)Z.mp4" })
        #expect(segments.map(\.path) == files.map { directory.file("2027-01-15/\($0)") })
    }

    @Test func filesHaveMetadata() throws {
        let encoder = try LiveMaterial.encoder()
        let writer = try SegmentWriter(settings, connection: 3, stream: encoder.stream)
        let (segments, _) = try write(5, to: writer, encoder: encoder, wallClock: LiveMaterial.noon + 1.3)
        let path = try #require(segments.first?.path)
        let tags = try MediaFactory.ffprobe([
            "-show_entries", "format_tags=comment,title,description,creation_time,date", "-of", "default=nk=0:nw=1",
            path,
        ]).split(separator: "\n").map(String.init).sorted()
        #expect(
            tags == [
                "TAG:comment=Annotated by saliencyd", "TAG:creation_time=2027-01-15T08:00:01.000000Z",
                "TAG:date=2027-01-15T08:00:01.300Z", "TAG:description=connection 3", "TAG:title=gate",
            ])
        #expect(try SourceOpener.open(path).properties.comment?.hasPrefix(VideoWriter.mark) == true)
    }

    /// The encoder is not asked for key frames: files begin at the regular key frames every two seconds.
    @Test func segmentsBeginAtKeyFrames() throws {
        let encoder = try LiveMaterial.encoder()
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        let (segments, errors) = try write(
            150, to: writer, encoder: encoder, wallClock: LiveMaterial.noon + 1.3, asksForKeys: false)
        #expect(errors.isEmpty)
        #expect(segments.map(\.frames) == [50, 50, 50])
        for segment in segments { try checkPlays(segment) }
    }

    @Test("Copied sound is split by its time, whatever the interleaving", arguments: [-3.0, -0.5, 0, 0.7])
    func soundIsSplit(_ delay: Double) throws {
        let recording = try LiveMaterial.recording(directory)
        let encoder = try LiveEncoder(source: recording.properties, name: "gate")
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        var segments: [Segment] = []
        try recording.packets(
            encoder, wallClock: LiveMaterial.noon + 1.3, soundDelay: delay,
            isKeyFrame: writer.beginsSegment
        ) { segments += try writer.write($0) }
        segments += try writer.finish()
        #expect(segments.map(\.frames) == [18, 50, 50, 32])
        #expect(writer.warnings.isEmpty)
        func hashes(_ path: String) throws -> [String] {
            try MediaFactory.probe(
                path, ["-select_streams", "a", "-show_data_hash", "md5", "-show_entries", "packet=data_hash"])
        }
        // Packets that begin before the first frame or after the last are in no file.
        let kept = recording.items.compactMap { item -> MediaPacket? in
            if case .packet(let packet) = item, (0..<6).contains(recording.time(of: packet)) { packet } else { nil }
        }
        let all = try hashes(directory.file("source.mkv"))
        let first = try #require(
            recording.items.compactMap { if case .packet(let packet) = $0 { packet } else { nil } }
                .firstIndex { $0 === kept.first })
        #expect(try segments.flatMap { try hashes($0.path) } == Array(all[first..<first + kept.count]))
        for segment in segments {
            try checkPlays(segment)
            let times = try MediaFactory.probe(
                segment.path, ["-select_streams", "a", "-show_entries", "packet=pts_time"]
            ).compactMap(Double.init)
            // The first packet is the first one that begins with the frames or later; a packet lasts 1024 samples.
            #expect(try #require(times.first) >= 0 && #require(times.first) < 1024.0 / 44_100 + 0.001)
            #expect(try #require(times.last) < segment.duration)
        }
    }

    @Test func telephoneSoundBecomesAAC() throws {
        let recording = try LiveMaterial.recording(directory, sound: ["-c:a", "pcm_mulaw", "-ar", "8000"], rate: 8000)
        let encoder = try LiveEncoder(source: recording.properties, name: "gate")
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        var segments: [Segment] = []
        try recording.packets(encoder, isKeyFrame: writer.beginsSegment) { segments += try writer.write($0) }
        segments += try writer.finish()
        #expect(segments.count == 3)
        #expect(writer.warnings == ["mp4 files hold no pcm_mulaw sound; stream 1 becomes AAC, mono"])
        for segment in segments {
            try checkPlays(segment)
            #expect(
                try MediaFactory.probe(
                    segment.path, ["-select_streams", "a", "-show_entries", "stream=codec_name,sample_rate"])
                    == ["aac,8000"])
            let samples = try MediaFactory.ffmpeg(["-i", segment.path, "-map", "0:a", "-f", "s16le", "-"]).count / 2
            // As long as the frames, up to one frame of the codec at each end.
            #expect(abs(Double(samples) / 8000 - 2) < 2 * 1024.0 / 8000)
        }
    }

    @Test func soundMayBeMissing() throws {
        let recording = try LiveMaterial.recording(directory, seconds: 1)
        let source = SourceProperties(
            name: "gate", container: "rtsp", codec: "h264", width: 64, height: 48, timeBase: Rational(1, 12_800),
            averageFrameRate: Rational(25, 1), auxiliaryStreams: recording.properties.auxiliaryStreams)
        let encoder = try LiveEncoder(source: source, name: "gate")
        var settings = settings
        settings.length = 100
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        var largest = 0
        let (segments, errors) = try write(
            500, to: writer, encoder: encoder, wallClock: LiveMaterial.noon, asksForKeys: false
        ) { _ in
            let staged = files.first { $0.hasSuffix(TemporaryName.suffix) } ?? "none"
            let path = directory.file("2027-01-15/\(staged)")
            largest = max(largest, (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0)
        }
        #expect(errors.isEmpty)
        #expect(segments.map(\.frames) == [500])
        try checkPlays(#require(segments.first))
        // Most of the file was on the disk before the end: the muxer does not buffer it all for missing sound.
        #expect(4 * largest > 3 * (segments.first?.bytes ?? .max / 4))
        var silent = settings
        silent.includesSound = false
        silent.name = "yard"
        let other = try SegmentWriter(silent, connection: 1, stream: encoder.stream)
        var written: [Segment] = []
        let again = try LiveEncoder(source: source, name: "gate")
        try LiveMaterial.frames(10, encoder: again) { written += try other.write(.frame($0)) }
        written += try other.finish()
        #expect(
            try MediaFactory.probe(#require(written.first).path, ["-show_entries", "stream=codec_type"]) == ["video"])
    }

    @Test func soundMayBeginLate() throws {
        let recording = try LiveMaterial.recording(directory, seconds: 12)
        let encoder = try LiveEncoder(source: recording.properties, name: "gate")
        var settings = settings
        settings.length = 100
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        var segments: [Segment] = []
        var first: Double?
        try recording.packets(encoder) { packet in
            if !packet.isFrame {
                guard packet.time >= 9 else { return }
                first = first ?? packet.time
            }
            segments += try writer.write(packet)
        }
        segments += try writer.finish()
        #expect(segments.map(\.frames) == [300])
        try checkPlays(#require(segments.first))
        let times = try MediaFactory.probe(
            #require(segments.first).path, ["-select_streams", "a", "-show_entries", "packet=pts_time"]
        ).compactMap(Double.init)
        #expect(abs(try #require(times.first) - #require(first)) < 0.001)
        #expect(try #require(times.last) > 11.9)
    }

    @Test func connectionsDoNotShareFiles() throws {
        var paths: [String] = []
        for connection in 1...3 {
            let encoder = try LiveMaterial.encoder()
            let writer = try SegmentWriter(settings, connection: connection, stream: encoder.stream)
            let (segments, errors) = try write(10, to: writer, encoder: encoder, wallClock: LiveMaterial.noon)
            #expect(errors.isEmpty)
            for segment in segments { try checkPlays(segment) }
            paths += segments.map(\.path)
        }
        let names = ["", "-2", "-3"].map { directory.file("2027-01-15/gate-20270115T080000Z\($0).mp4") }
        #expect(paths == names)
        #expect(
            try names.map { try MediaFactory.probe($0, ["-show_entries", "format_tags=description"]) }
                == [["connection 1"], ["connection 2"], ["connection 3"]])
    }

    @Test func fileThatAppearsMeanwhileIsKept() throws {
        let encoder = try LiveMaterial.encoder()
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        let (segments, errors) = try write(10, to: writer, encoder: encoder, wallClock: LiveMaterial.noon) { index in
            if index == 5 { try directory.write([1], to: "2027-01-15/gate-20270115T080000Z.mp4") }
        }
        #expect(errors.isEmpty)
        #expect(segments.map(\.path) == [directory.file("2027-01-15/gate-20270115T080000Z-2.mp4")])
        #expect(try directory.bytes(of: "2027-01-15/gate-20270115T080000Z.mp4") == [1])
    }

    @Test func folderIsRemovedAndRestored() throws {
        let encoder = try LiveMaterial.encoder()
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        let (segments, errors) = try write(250, to: writer, encoder: encoder, wallClock: LiveMaterial.noon) { index in
            // During the second file, and during the fourth.
            if index == 60 { try FileManager.default.removeItem(atPath: directory.path) }
            if index == 160 {
                try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: false)
            }
        }
        // The second file is lost at its end, the third and the fourth at their beginnings: one call reports two of
        // them.
        #expect(writer.lostSegments == 3)
        #expect(errors.count == 2)
        #expect(
            errors.allSatisfy { $0.code == .cannotWrite && $0.description.hasSuffix("(No such file or directory)") })
        #expect(segments.map { $0.start - LiveMaterial.noon } == [0, 8])
        #expect(files == ["gate-20270115T080008Z.mp4"])
        try checkPlays(#require(segments.last))
    }

    @Test func fullDiskLosesOneFile() throws {
        let encoder = try LiveMaterial.encoder(width: 160, height: 120)
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        let (segments, errors) = try write(
            150, to: writer, encoder: encoder, wallClock: LiveMaterial.noon, noise: true
        ) { index in
            // The free space is checked when a file is opened.
            if index == 40 { writer.spaceLimit = 100_000 }
            if index == 90 { writer.spaceLimit = .max }
        }
        #expect(writer.lostSegments == 1)
        #expect(
            errors.map(\.description) == [
                "\(directory.file("2027-01-15/gate-20270115T080002Z.mp4")): cannot be written (No space left on device)"
            ])
        #expect(segments.map { $0.start - LiveMaterial.noon } == [0, 4])
        for segment in segments { try checkPlays(segment) }
        #expect(files == ["gate-20270115T080000Z.mp4", "gate-20270115T080004Z.mp4"])
    }

    @Test func clockThatJittersOrIsSetBack() throws {
        let encoder = try LiveMaterial.encoder()
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        #expect(writer.beginsSegment(at: 0))
        let maker = CanvasMaker(format: encoder.format)
        var segments: [Segment] = []
        // Across a boundary and back by less than a segment, then an hour back, then not a number.
        let clocks = [1.9, 2.01, 1.99, 2.02, 2.0, -3600, -3599.9, -3598, .nan]
        for (index, clock) in clocks.enumerated() {
            let wallClock = LiveMaterial.noon + clock
            let frame = try Fixtures.frame(width: 64, height: 48, index: index, pts: Int64(512 * index))
            for frame in try encoder.encode(
                maker.canvas(of: frame), wallClock: wallClock, isKeyFrame: writer.beginsSegment(at: wallClock))
            {
                segments += try writer.write(.frame(frame))
            }
        }
        segments += try writer.finish()
        #expect(segments.map(\.frames) == [1, 4, 2, 2])
        #expect(
            segments.map { ($0.path as NSString).lastPathComponent } == [
                "gate-20270115T080001Z.mp4", "gate-20270115T080002Z.mp4", "gate-20270115T070000Z.mp4",
                "gate-20270115T070002Z.mp4",
            ])
    }

    @Test(arguments: [false, true]) func stoppedClock(_ isFirstLost: Bool) throws {
        let encoder = try LiveMaterial.encoder()
        let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
        if isFirstLost { writer.spaceLimit = 10 }
        let maker = CanvasMaker(format: encoder.format)
        var segments: [Segment] = []
        for index in 0..<250 {
            let frame = try Fixtures.frame(width: 64, height: 48, index: index, pts: Int64(512 * index))
            for frame in try encoder.encode(
                maker.canvas(of: frame), wallClock: isFirstLost ? .nan : LiveMaterial.noon, isKeyFrame: false)
            {
                segments += (try? writer.write(.frame(frame))) ?? []
                if writer.lostSegments > 0 { writer.spaceLimit = .max }
            }
        }
        segments += try writer.finish()
        // With key frames every two seconds, the first one more than four seconds later is at six seconds.
        #expect(segments.map(\.frames) == (isFirstLost ? [100] : [150, 100]))
    }

    @Test func abandonedFileLeavesNothing() throws {
        do {
            let encoder = try LiveMaterial.encoder()
            let writer = try SegmentWriter(settings, connection: 1, stream: encoder.stream)
            try LiveMaterial.frames(5, encoder: encoder) { _ = try writer.write(.frame($0)) }
            #expect(files.count == 1)
            #expect(files.allSatisfy { SegmentName(staged: $0, camera: "gate") != nil })
        }
        #expect(files.isEmpty)
    }

    @Test(
        "Settings that cannot be used are refused",
        arguments: [
            ("", 60.0), ("a/b", 60), (".hidden", 60), ("a\0", 60), ("gate", 0), ("gate", .nan), ("gate", .infinity),
        ])
    func settingsAreChecked(_ name: String, _ length: Double) throws {
        let stream = try LiveMaterial.encoder().stream
        #expect(throws: MediaError.self) {
            try SegmentWriter(
                SegmentSettings(folder: directory.path, length: length, name: name), connection: 1, stream: stream)
        }
    }
}
