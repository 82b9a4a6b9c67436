import Encode
import Files
import Media
import Synchronization

/// The thread that writes a connection's segments and clips. What cannot be written is counted and tried again; the stream goes on.
struct LiveFiles {
    let connection: Int
    let stream: LiveStream
    let packets: PacketQueue
    let report: LiveReport
    let outputs: LiveOutputs

    func run() {
        outputs.clips?.begin(stream)
        let segments = outputs.segments.flatMap { settings in
            do throws(MediaError) {
                return (settings, writer: try SegmentWriter(settings, connection: connection, stream: stream))
            } catch {
                lose(error)
                return nil
            }
        }
        var lost: UInt64 = 0
        while let packet = packets.next() {
            tellLost(since: &lost)
            outputs.clips?.write(packet)
            guard let (settings, writer) = segments else { continue }
            take(settings) { () throws(MediaError) in try writer.write(packet) }
        }
        tellLost(since: &lost)
        outputs.clips?.finish()
        guard let (settings, writer) = segments else { return }
        // One that fails may keep back what was complete before it.
        for _ in 0..<2 { take(settings) { () throws(MediaError) in try writer.finish() } }
        for warning in writer.warnings { outputs.onWarning(warning) }
    }

    /// Counts the segments that something completes, and removes those that are too old then.
    private func take(_ settings: SegmentSettings, _ work: () throws(MediaError) -> [Segment]) {
        let segments: [Segment]
        do throws(MediaError) {
            segments = try work()
        } catch {
            return lose(error)
        }
        guard !segments.isEmpty else { return }
        report.update { statistics in
            statistics.segments += UInt64(segments.count)
            statistics.segmentBytes += segments.reduce(0) { $0 + UInt64($1.bytes) }
        }
        removeOld(settings)
    }

    private func removeOld(_ settings: SegmentSettings) {
        let time = outputs.removalClock?.look()
        if let jump = time?.jump, settings.maximumAge != nil {
            outputs.onWarning(
                "this machine's clock has jumped by \(Int(jump.rounded())) s: until it is certain, segments are as old as they "
                    + "were by the time before")
        }
        do throws(MediaError) {
            let removal = try SegmentRetention(settings).apply(now: time?.now)
            if !removal.paths.isEmpty { outputs.onRemoval(removal) }
            if let failure = removal.failures.first {
                outputs.onWarning("old segments cannot be removed: \(failure)")
            }
        } catch {
            outputs.onWarning("old segments cannot be removed: \(error)")
        }
    }

    private func tellLost(since known: inout UInt64) {
        let lost = packets.lost
        guard lost > known else { return }
        outputs.onWarning("\((lost - known).counted("frame")) not recorded: the disk is too slow")
        known = lost
    }

    private func lose(_ error: MediaError) {
        report.update { $0.segmentsLost += 1 }
        outputs.onWarning("a segment is lost: \(error)")
    }
}

/// Records clips around events, whatever connection the camera is in.
public final class LiveClips: Sendable {
    /// Seconds before an event that its clip begins with.
    public let preRoll: Double
    private let recorder = Mutex<ClipRecorder?>(nil)

    public init(preRoll: Double) {
        self.preRoll = preRoll
    }

    /// Begins a clip with what came last.
    ///
    /// - Parameters:
    ///   - path: where the clip gets its name when it is complete.
    ///   - until: the wall clock, in seconds since 1970, at which it ends.
    ///   - completion: called once, on any thread.
    /// - Returns: false if the camera is disconnected: there is nothing to record.
    public func start(
        path: String, until: Double, completion: @escaping @Sendable (Result<Segment, MediaError>) -> Void
    ) -> Bool {
        guard let recorder = recorder.withLock({ $0 }) else { return false }
        recorder.start(path: path, until: until, completion: completion)
        return true
    }

    /// A connection begins.
    func begin(_ stream: LiveStream) {
        recorder.withLock { $0 = ClipRecorder(preRoll: preRoll, stream: stream) }
    }

    func write(_ packet: LivePacket) {
        recorder.withLock { $0 }?.write(packet)
    }

    /// The connection is over: clips end with what there is.
    func finish() {
        recorder.withLock { $0.take() }?.finish()
    }
}
