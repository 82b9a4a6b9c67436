import CFFmpeg
import Files
import Glibc
import Media

/// Divides one connection of a stream into files aligned to the wall clock: a new file begins at the first key frame
/// after every multiple of `SegmentSettings.length`.
///
/// A failure (a full disk, a missing folder) affects only one segment: the current call throws, the rest of that
/// segment is dropped, and a new one begins at the next boundary. Writing can continue after an error. Not thread-safe.
public final class SegmentWriter {
    /// The number of segments that failed.
    public private(set) var lostSegments = 0
    /// The bytes per segment after which writing fails as on a full disk; for tests.
    var spaceLimit = Int.max

    /// The seconds for which a file waits for sound after its last frame.
    private static let longestWait = 2.0

    private let settings: SegmentSettings
    private let connection: Int
    private let stream: LiveStream
    private let soundStreams: Set<Int>
    private var open: LiveFile?
    /// The previous file, whose frames are complete.
    private var closing: (file: LiveFile, next: EncodedFrame)?
    /// The start of the next segment, in seconds since 1970; nil for the next key frame.
    private var boundary: Double?
    /// The start of the newest segment, even if it failed.
    private var newestStart = (wallClock: -Double.infinity, time: -Double.infinity)
    /// Start and end of the newest frame, in seconds since the connection's first.
    private var newestTime = -Double.infinity
    private var newestEnd = -Double.infinity
    private var queue = SoundQueue()
    private var completed: [Segment] = []
    private var failures: [MediaError] = []
    private var knownWarnings: [String] = []

    /// - Parameter connection: the number of the stream's connection, stored in the files' metadata.
    /// - Throws: `MediaError.refused` for invalid settings.
    public init(_ settings: SegmentSettings, connection: Int, stream: LiveStream) throws(MediaError) {
        FFmpegLog.silence()
        try settings.check()
        self.settings = settings
        self.connection = connection
        self.stream = stream
        soundStreams = settings.includesSound ? Set(stream.sound().auxiliaryStreams.map(\.index)) : []
    }

    /// One sentence for each loss.
    public var warnings: [String] { knownWarnings + queue.warnings }

    /// Whether a frame of this wall-clock time (seconds since 1970) begins a segment and must be encoded as a key
    /// frame.
    public func beginsSegment(at wallClock: Double) -> Bool {
        guard let boundary else { return true }
        // A clock that is set back by more than a segment begins a new segment; a small correction does not.
        return wallClock >= boundary || wallClock < newestStart.wallClock - settings.length
    }

    /// Writes the next packet.
    ///
    /// - Returns: the segments that are now complete: verified, synced and renamed.
    /// - Throws: `MediaError.cannotWrite` for a segment that failed; other completed segments are returned by the next
    ///   call.
    public func write(_ packet: LivePacket) throws(MediaError) -> [Segment] {
        switch packet {
        case .frame(let frame): process(frame)
        case .auxiliary(let packet, let time):
            if soundStreams.contains(packet.stream) { queue.add(packet, at: time) }
        }
        routeSound(until: newestTime)
        if let closing, queue.hasPassed(closing.next.time) || newestTime >= closing.next.time + Self.longestWait {
            close()
        }
        return try outcome()
    }

    /// Completes the open segments at the end of the connection.
    ///
    /// - Returns: the last segments.
    /// - Throws: as `write`; a second call then returns the completed segments.
    public func finish() throws(MediaError) -> [Segment] {
        routeSound(until: newestEnd)
        close()
        if let file = open {
            open = nil
            complete(file, before: nil)
        }
        return try outcome()
    }

    private func process(_ frame: EncodedFrame) {
        // If the wall clock stands still, the stream's time ends the segment.
        let isOverdue = frame.time - newestStart.time > 2 * settings.length
        if frame.isKeyFrame, beginsSegment(at: frame.wallClock) || isOverdue { cut(at: frame) }
        newestTime = frame.time
        newestEnd = frame.time + frame.duration
        guard let file = open else { return }
        attempt { () throws(MediaError) in
            try file.write(frame)
        } onFailure: {
            open = nil
        }
    }

    private func cut(at frame: EncodedFrame) {
        // Sound before this time belongs to the old file.
        routeSound(until: frame.time.nextDown)
        close()
        closing = open.map { ($0, frame) }
        open = nil
        let wallClock = UTCTime(frame.wallClock).seconds
        newestStart = (wallClock, frame.time)
        boundary = ((wallClock / settings.length).rounded(.down) + 1) * settings.length
        attempt { () throws(MediaError) in
            let file = try LiveFile(
                path: path(for: frame.wallClock), stream: stream, first: frame, title: settings.name,
                description: "connection \(connection)", includesSound: settings.includesSound, spaceLimit: spaceLimit)
            open = file
            record(file.openingWarnings)
        }
    }

    /// An unused path in the day's folder, which is created if it is missing.
    private func path(for wallClock: Double) throws(MediaError) -> String {
        let name = SegmentName(camera: settings.name, start: wallClock)
        let folder = "\(settings.folder)/\(name.day)"
        if mkdir(folder, 0o777) == 0 {
            StagedFile.synchronizeFolder(of: folder)
        } else if errno != EEXIST {
            throw MediaError(.cannotWrite, "cannot be created", underlyingCode: saliency_averror(errno), file: folder)
        }
        let path = "\(folder)/\(name.text)"
        return Self.names(like: path).first { access($0, F_OK) != 0 } ?? path
    }

    private static func names(like path: String) -> some Sequence<String> {
        (1...FileMove.maximumNames).lazy.map { FileMove.numbered(path, $0) }
    }

    private func routeSound(until time: Double) {
        while let (packet, time) = queue.next(until: time) {
            if let file = open, time >= file.start.time {
                attempt { () throws(MediaError) in
                    try file.write(packet, time: time)
                } onFailure: {
                    open = nil
                }
            } else if let (file, next) = closing, time < next.time, time >= file.start.time {
                attempt { () throws(MediaError) in
                    try file.write(packet, time: time)
                } onFailure: {
                    closing = nil
                }
            }
        }
    }

    private func close() {
        guard let (file, next) = closing else { return }
        closing = nil
        complete(file, before: next)
    }

    private func complete(_ file: LiveFile, before next: EncodedFrame?) {
        attempt { () throws(MediaError) in
            let name = SegmentName(camera: settings.name, start: file.start.wallClock)
            let names = Self.names(like: "\(settings.folder)/\(name.day)/\(name.text)")
            completed.append(try file.finish(before: next, orAs: names))
        }
        record(file.warnings)
    }

    private func attempt(_ body: () throws(MediaError) -> Void, onFailure: () -> Void = {}) {
        do throws(MediaError) {
            try body()
        } catch {
            onFailure()
            lostSegments += 1
            failures.append(error)
        }
    }

    private func outcome() throws(MediaError) -> [Segment] {
        defer { failures.removeAll() }
        if let failure = failures.first { throw failure }
        defer { completed.removeAll() }
        return completed
    }

    private func record(_ warnings: [String]) {
        // Each warning is kept once, and at most 16.
        for warning in warnings where knownWarnings.count < 16 && !knownWarnings.contains(warning) {
            knownWarnings.append(warning)
        }
    }
}

/// A queue of sound packets: packets ahead of the frames wait until it is known to which file they belong.
struct SoundQueue {
    /// The limits of the queue; beyond them, the oldest packets are dropped.
    private static let maximumPackets = 4096
    private static let maximumBytes = 8 << 20

    private var waiting: [(packet: MediaPacket, time: Double)] = []
    private var byteCount = 0
    private var lostCount = 0
    /// The newest time of each stream.
    private var times: [Int: Double] = [:]

    var warnings: [String] {
        lostCount == 0 ? [] : ["\(lostCount.counted("packet")) of sound came too far ahead of their frames"]
    }

    mutating func add(_ packet: MediaPacket, at time: Double) {
        guard time.isFinite else { return }
        times[packet.stream] = time
        waiting.append((packet, time))
        byteCount += Int(packet.buffer.pointer.pointee.size)
        while waiting.count > Self.maximumPackets || byteCount > Self.maximumBytes, !waiting.isEmpty {
            byteCount -= Int(waiting.removeFirst().packet.buffer.pointer.pointee.size)
            lostCount += 1
        }
    }

    /// Removes and returns the first packet that is not later than `time`.
    mutating func next(until time: Double) -> (packet: MediaPacket, time: Double)? {
        guard let index = waiting.firstIndex(where: { $0.time <= time }) else { return nil }
        byteCount -= Int(waiting[index].packet.buffer.pointer.pointee.size)
        return waiting.remove(at: index)
    }

    /// Whether all streams with packets so far have reached `time`.
    func hasPassed(_ time: Double) -> Bool { times.values.allSatisfy { $0 >= time } }
}
