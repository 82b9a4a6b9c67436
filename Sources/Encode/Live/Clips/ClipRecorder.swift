import Media
import Synchronization

/// Writes clips around events: what came shortly before from a ring, then what comes until the end asked for.
///
/// One connection's. `write` and `finish` are called by one thread at a time, which does all the work; the others may
/// be called from anywhere and never wait for a disk.
public final class ClipRecorder: Sendable {
    public typealias Completion = @Sendable (Result<Segment, MediaError>) -> Void

    /// Clips that may be open at once.
    public static let maximumClips = 8

    private struct Order {
        let path: String
        var end: Double
        let completion: Completion
        /// Whether the clip is being written.
        var isOpen = false
        /// The newest frame when it was opened.
        var newest: (time: Double, wallClock: Double)?

        /// Whether a frame comes when the clip is over: by the wall clock, or by the stream's own time, for a wall clock that was
        /// put back would have it go on for as long.
        func isOver(at frame: EncodedFrame) -> Bool {
            guard frame.wallClock < end else { return true }
            return newest.map { frame.time - $0.time >= end - $0.wallClock } ?? false
        }
    }

    /// What anybody may ask for.
    private struct Orders {
        var list: [Order] = []
        var isOver = false
    }

    /// The writing thread's.
    private struct Work {
        var ring: PacketRing
        var files: [String: LiveFile] = [:]
    }

    private let stream: LiveStream
    private let name: String
    private let orders = Mutex(Orders())
    private let work: Mutex<Work>

    /// - Parameters:
    ///   - preRoll: seconds before the call of `start` that a clip begins with at least, if there are as many.
    ///   - maximumBytes: that the ring may take.
    ///   - name: the camera's, for the clips' metadata.
    public init(preRoll: Double, stream: LiveStream, maximumBytes: Int = 64 << 20, name: String = "") {
        self.stream = stream
        self.name = name
        work = Mutex(Work(ring: PacketRing(seconds: preRoll, maximumBytes: maximumBytes)))
    }

    deinit {
        finish()
    }

    /// Takes the next packet.
    public func write(_ packet: LivePacket) {
        var ended: [(Completion, Result<Segment, MediaError>)] = []
        work.withLock { work in
            // Before the packet: the ring is as it was when the clip was asked for.
            begin(&work, &ended)
            work.ring.append(packet)
            pass(packet, &work, &ended)
        }
        for (completion, result) in ended { completion(result) }
    }

    /// Begins a clip.
    ///
    /// - Parameters:
    ///   - path: ends in ".mp4" and is free.
    ///   - wallClock: when it ends, in seconds since 1970.
    ///   - completion: called once, on the writing thread or at once on this one.
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

    /// Moves the end of a clip, or of all, to a later time.
    ///
    /// - Parameters:
    ///   - path: of one clip; nil for all.
    ///   - wallClock: in seconds since 1970.
    public func extend(_ path: String? = nil, until wallClock: Double) {
        orders.withLock { orders in
            for index in orders.list.indices where path == nil || orders.list[index].path == path {
                orders.list[index].end = max(orders.list[index].end, wallClock)
            }
        }
    }

    /// Completes every clip with what there is; the connection is over.
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

    /// Opens the clips that were asked for, with what the ring holds.
    private func begin(_ work: inout Work, _ ended: inout [(Completion, Result<Segment, MediaError>)]) {
        let paths = orders.withLock { orders in
            orders.list.indices.filter { !orders.list[$0].isOpen }.map { orders.list[$0].path }
        }
        guard !paths.isEmpty else { return }
        var packets = work.ring.packets
        guard let first = packets.firstIndex(where: \.isFrame) else { return }
        // Sound may have come before its frame; the file begins with the latter.
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

    /// Hands a packet to every open clip; those whose end it passes are complete without it.
    private func pass(
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

    /// - Returns: false if the clip is lost.
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
            case .side(let packet, let time):
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
