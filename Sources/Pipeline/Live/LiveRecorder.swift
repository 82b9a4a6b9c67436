import Encode
import Media

/// Encodes a connection's frames once and passes the packets to all outputs.
///
/// Not thread-safe: used by the drawing thread only.
final class LiveRecorder {
    let encoder: LiveEncoder
    private let files: PacketQueue?
    private let outputs: LiveOutputs
    private var boundary: SegmentBoundary?

    var format: CanvasFormat { encoder.format }

    /// - Parameter files: the queue of packets for segments and clips, which another thread writes; nil for none.
    init(encoder: LiveEncoder, files: PacketQueue?, outputs: LiveOutputs) {
        self.encoder = encoder
        self.files = files
        self.outputs = outputs
        boundary = outputs.segments.map { SegmentBoundary(length: $0.length) }
        outputs.publisher?.begin(encoder.stream)
    }

    func write(_ canvas: consuming Canvas, wallClock: Double) throws(MediaError) {
        let isKeyFrame = boundary?.isCrossed(by: wallClock) ?? false
        for frame in try encoder.encode(canvas, wallClock: wallClock, isKeyFrame: isKeyFrame) {
            send(.frame(frame))
        }
    }

    func write(_ packet: MediaPacket, time: Double) {
        send(.auxiliary(packet, time: time))
    }

    /// Completes the outputs at the end of the connection.
    func finish() throws(MediaError) {
        defer { files?.close() }
        for frame in try encoder.finish() { send(.frame(frame)) }
    }

    private func send(_ packet: LivePacket) {
        files?.append(packet)
        outputs.publisher?.write(packet)
    }
}

/// Finds the frames that begin a segment: the first at or after each multiple of its length on the wall clock.
struct SegmentBoundary {
    /// In seconds.
    let length: Double
    private var current: Double?

    init(length: Double) {
        self.length = max(length, 1)
    }

    mutating func isCrossed(by wallClock: Double) -> Bool {
        let number = (wallClock / length).rounded(.down)
        defer { current = number }
        return number != current
    }
}
