import Media
import Synchronization

/// Writes clips around events: the packets shortly before the event from a ring buffer, then all packets until the
/// requested end.
///
/// Belongs to one connection. `write` and `finish` do all the work and are called by one thread at a time; the other
/// methods may be called from any thread and never wait for a disk.
public final class ClipRecorder: Sendable {
    public typealias Completion = @Sendable (Result<Segment, MediaError>) -> Void

    /// The maximum number of simultaneously open clips.
    public static let maximumClips = 8

    private struct Order {
        let path: String
        var end: Double
        let completion: Completion
        /// Whether the clip is being written.
        var isOpen = false
        /// The newest frame when the clip was opened.
        var newest: (time: Double, wallClock: Double)?

        /// Whether a frame is after the end of the clip, by the wall clock or by the stream's time: if the wall clock
        /// is set back, the clip must not become longer by as much.
        func isOver(at frame: EncodedFrame) -> Bool {
            guard frame.wallClock < end else { return true }
            return newest.map { frame.time - $0.time >= end - $0.wallClock } ?? false
        }
    }

    /// The requested clips, accessed by any thread.
    private struct Orders {
        var list: [Order] = []
        var isOver = false
    }

    /// The state of the writing thread.
    private struct Work {
        var ring: PacketRing
        var files: [String: LiveFile] = [:]
    }

    private let stream: LiveStream
    private let name: String
    private let orders = Mutex(Orders())
    private let work: Mutex<Work>

    /// - Parameters:
    ///   - preRoll: the minimum number of seconds before the call of `start` with which a clip begins, if available.
    ///   - maximumBytes: the maximum size of the ring buffer.
    ///   - name: the camera's name, for the clips' metadata.
    public init(preRoll: Double, stream: LiveStream, maximumBytes: Int = 64 << 20, name: String = "") {
        self.stream = stream
        self.name = name
        work = Mutex(Work(ring: PacketRing(seconds: preRoll, maximumBytes: maximumBytes)))
    }

    deinit {
        finish()
    }

    /// Adds the next packet.
    public func write(_ packet: LivePacket) {
        var ended: [(Completion, Result<Segment, MediaError>)] = []
        work.withLock { work in
            // Clips are opened before the packet is added, so that the ring buffer is as it was when the clip was
            // requested.
            begin(&work, &ended)
            work.ring.append(packet)
            forward(packet, &work, &ended)
        }
        for (completion, result) in ended { completion(result) }
    }

    /// Begins a clip.
    ///
    /// - Parameters:
    ///   - path: a path that ends in ".mp4" and does not exist.
    ///   - wallClock: the clip's end, in seconds since 1970.
    ///   - completion: called once, on the writing thread or immediately on this one.
    public func start(path: String, until wallClock: Double, completion: @escaping Completion) {
        let refusal = orders.withLock { orders -> MediaError? in
            guard !orders.isOver else { return MediaError(.cancelled, "the stream has ended", file: path) }
            guard orders.list.count < Self.maximumClips else {
                return MediaError(.refused, "\(Self.maximumClips) clips are being written already", file: path)
            }
            guard path.hasSuffix(".mp4"), !orders.list.contains(where: { $0.path == path }) else {
                return MediaError(.refused, "cannot be the name of a new clip, which ends in .mp4", file: path)
            }
            orders.list.append(Order(path: path, end: wallClock, completion: completion))
            return nil
        }
        if let refusal { completion(.failure(refusal)) }
    }

    /// Moves the end of one or all clips to a later time.
    ///
    /// - Parameters:
    ///   - path: the path of one clip; nil for all.
    ///   - wallClock: in seconds since 1970.
    public func extend(_ path: String? = nil, until wallClock: Double) {
        orders.withLock { orders in
            for index in orders.list.indices where path == nil || orders.list[index].path == path {
                orders.list[index].end = max(orders.list[index].end, wallClock)
            }
        }
    }

    /// Completes all clips with the packets so far, at the end of the connection.
    public func finish() {
        var ended: [(Completion, Result<Segment, MediaError>)] = []
        work.withLock { work in
            begin(&work, &ended)
            let rest = orders.withLock { orders in
                orders.isOver = true
                defer { orders.list = [] }
                return orders.list
            }
            for order in rest { ended.append((order.completion, complete(order.path, before: nil, &work))) }
            work.ring = PacketRing(seconds: 0, maximumBytes: 0)
        }
        for (completion, result) in ended { completion(result) }
    }

    /// Opens the requested clips and writes the contents of the ring buffer to them.
    private func begin(_ work: inout Work, _ ended: inout [(Completion, Result<Segment, MediaError>)]) {
        let paths = orders.withLock { orders in
            orders.list.indices.filter { !orders.list[$0].isOpen }.map { orders.list[$0].path }
        }
        guard !paths.isEmpty else { return }
        var packets = work.ring.packets
        guard let first = packets.firstIndex(where: \.isFrame) else { return }
        // Sound may precede the first frame, but a file must begin with a frame.
        packets.insert(packets.remove(at: first), at: 0)
        var newest: (time: Double, wallClock: Double)?
        for case .frame(let frame) in packets { newest = (frame.time, frame.wallClock) }
        for path in paths {
            orders.withLock { orders in
                for index in orders.list.indices where orders.list[index].path == path {
                    orders.list[index].isOpen = true
                    orders.list[index].newest = newest
                }
            }
            for packet in packets {
                guard write(packet, to: path, &work, &ended) else { break }
            }
        }
    }

    /// Writes a packet to all open clips, and completes those that end before it.
    private func forward(
        _ packet: LivePacket, _ work: inout Work, _ ended: inout [(Completion, Result<Segment, MediaError>)]
    ) {
        let list = orders.withLock { $0.list }
        for order in list where order.isOpen {
            if case .frame(let frame) = packet, order.isOver(at: frame), work.files[order.path] != nil {
                let result = complete(order.path, before: frame, &work)
                remove(order.path).map { ended.append(($0, result)) }
            } else {
                _ = write(packet, to: order.path, &work, &ended)
            }
        }
    }

    /// - Returns: false if writing the clip failed.
    private func write(
        _ packet: LivePacket, to path: String, _ work: inout Work,
        _ ended: inout [(Completion, Result<Segment, MediaError>)]
    ) -> Bool {
        do throws(MediaError) {
            switch packet {
            case .frame(let frame):
                if work.files[path] == nil {
                    guard frame.isKeyFrame else { return true }
                    work.files[path] = try LiveFile(
                        path: path, stream: stream, first: frame, title: name, description: "event",
                        includesSound: true)
                }
                try work.files[path]?.write(frame)
            case .auxiliary(let packet, let time):
                guard let file = work.files[path], time >= file.start.time else { return true }
                try file.write(packet, time: time)
            }
            return true
        } catch {
            work.files[path] = nil
            remove(path).map { ended.append(($0, .failure(error))) }
            return false
        }
    }

    private func complete(
        _ path: String, before next: EncodedFrame?, _ work: inout Work
    ) -> Result<Segment, MediaError> {
        guard let file = work.files.removeValue(forKey: path) else {
            return .failure(MediaError(.cannotWrite, "there is no frame to write", file: path))
        }
        do throws(MediaError) {
            return .success(try file.finish(before: next))
        } catch {
            return .failure(error)
        }
    }

    private func remove(_ path: String) -> Completion? {
        orders.withLock { orders in
            orders.list.firstIndex { $0.path == path }.map { orders.list.remove(at: $0).completion }
        }
    }
}
