import Encode
import Files
import Media
import Synchronization

/// The thread that writes a connection's segments and clips. Failures are counted, and writing is tried again with the
/// next segment; the stream continues.
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
                reportLoss(error)
                return nil
            }
        }
        var lost: UInt64 = 0
        while let packet = packets.next() {
            reportLostFrames(since: &lost)
            outputs.clips?.write(packet)
            guard let (settings, writer) = segments else { continue }
            collect(settings) { () throws(MediaError) in try writer.write(packet) }
        }
        reportLostFrames(since: &lost)
        outputs.clips?.finish()
        guard let (settings, writer) = segments else { return }
        // After a failure the second call returns the segments that were completed before it.
        for _ in 0..<2 { collect(settings) { () throws(MediaError) in try writer.finish() } }
        for warning in writer.warnings { outputs.onWarning(warning) }
    }

    /// Counts the completed segments, and removes those that are too old.
    private func collect(_ settings: SegmentSettings, _ work: () throws(MediaError) -> [Segment]) {
        let segments: [Segment]
        do throws(MediaError) {
            segments = try work()
        } catch {
            return reportLoss(error)
        }
        guard !segments.isEmpty else { return }
        report.update { statistics in
            statistics.segments += UInt64(segments.count)
            statistics.segmentBytes += segments.reduce(0) { $0 + UInt64($1.bytes) }
        }
        removeOld(settings)
    }

    private func removeOld(_ settings: SegmentSettings) {
        let time = outputs.removalClock?.check()
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

    private func reportLostFrames(since known: inout UInt64) {
        let lost = packets.lost
        guard lost > known else { return }
        outputs.onWarning("\((lost - known).counted("frame")) not recorded: the disk is too slow")
        known = lost
    }

    private func reportLoss(_ error: MediaError) {
        report.update { $0.segmentsLost += 1 }
        outputs.onWarning("a segment is lost: \(error)")
    }
}

/// Records clips around events, across the camera's connections.
public final class LiveClips: Sendable {
    /// The seconds before an event with which its clip begins.
    public let preRoll: Double
    private let recorder = Mutex<ClipRecorder?>(nil)

    public init(preRoll: Double) {
        self.preRoll = preRoll
    }

    /// Starts a clip, beginning with the buffered packets.
    ///
    /// - Parameters:
    ///   - path: the clip's path, which appears when it is complete.
    ///   - until: the clip's end, in seconds since 1970.
    ///   - completion: called once, on any thread.
    /// - Returns: false if the camera is disconnected, so that there is nothing to record.
    public func start(
        path: String, until: Double, completion: @escaping @Sendable (Result<Segment, MediaError>) -> Void
    ) -> Bool {
        guard let recorder = recorder.withLock({ $0 }) else { return false }
        recorder.start(path: path, until: until, completion: completion)
        return true
    }

    /// Called when a connection begins.
    func begin(_ stream: LiveStream) {
        recorder.withLock { $0 = ClipRecorder(preRoll: preRoll, stream: stream) }
    }

    func write(_ packet: LivePacket) {
        recorder.withLock { $0 }?.write(packet)
    }

    /// Called at the end of a connection: completes the clips with the packets so far.
    func finish() {
        recorder.withLock { $0.take() }?.finish()
    }
}
