import Decode
import Encode
import Synchronization

/// Records clips around events, whatever epoch the camera is in.
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
    /// - Returns: false if the camera is away: there is nothing to record.
    public func start(
        path: String, until: Double, completion: @escaping @Sendable (Result<Segment, MediaError>) -> Void
    ) -> Bool {
        guard let recorder = recorder.withLock({ $0 }) else { return false }
        recorder.start(path: path, until: until, completion: completion)
        return true
    }

    /// An epoch begins.
    func begin(_ stream: LiveStream) {
        recorder.withLock { $0 = ClipRecorder(preRoll: preRoll, stream: stream) }
    }

    func write(_ packet: LivePacket) {
        recorder.withLock { $0 }?.write(packet)
    }

    /// The epoch is over: clips end with what there is.
    func finish() {
        recorder.withLock { $0.take() }?.finish()
    }
}
