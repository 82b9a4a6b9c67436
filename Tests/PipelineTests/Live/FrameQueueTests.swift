import CFFmpeg
import Foundation
import Media
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.hangLimit) struct FrameLineTests {
    private static func frame(_ index: Int, due: Duration = .zero) throws -> FrameQueue.Item {
        let frame = VideoFrame(
            buffer: try FrameBuffer(), index: index, pts: Int64(index), duration: 1, time: Double(index))
        return .frame(FrameQueue.Frame(frame: frame, due: ContinuousClock.now + due))
    }

    private static func packet(_ time: Double) throws -> FrameQueue.Item {
        .packet(MediaPacket(buffer: try PacketBuffer(), stream: 1), time: time)
    }

    /// "p3" for a frame, "s2.5" for a packet.
    private static func name(_ item: FrameQueue.Item?) -> String {
        switch item {
        case .frame(let frame): "p\(frame.frame.index)"
        case .packet(_, let time): "s\(time)"
        case nil: "end"
        }
    }

    @Test func readyFramesComeInTheSourcesOrderWithTheirSound() throws {
        let line = FrameQueue(timeout: 3600, limit: 7200, capacity: 10)
        for item in [try Self.frame(0), try Self.packet(0.5), try Self.frame(1)] { line.append(item) }
        let names = (0..<3).map { _ in Self.name(line.next { _ in true }) }
        #expect(names == ["p0", "s0.5", "p1"])
        line.close()
        #expect(Self.name(line.next { _ in true }) == "end")
    }

    @Test func aFrameWaitsUntilItsHeatIsFinal() throws {
        let line = FrameQueue(timeout: 3600, limit: 7200, capacity: 10)
        line.append(try Self.frame(0))
        let isFinal = Mutex(false)
        let asked = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        let got = Mutex("")
        Thread {
            let item = line.next { _ in
                asked.signal()
                return isFinal.withLock { $0 }
            }
            got.withLock { $0 = Self.name(item) }
            done.signal()
        }.start()
        asked.wait()
        #expect(got.withLock { $0 } == "")
        isFinal.withLock { $0 = true }
        line.wake()
        done.wait()
        #expect(got.withLock { $0 } == "p0")
    }

    @Test func frameIsOutputAfterItsTimeout() throws {
        let line = FrameQueue(timeout: 0.05, limit: 3600, capacity: 10)
        line.append(try Self.frame(0))
        #expect(Self.name(line.next { _ in false }) == "p0")
    }

    @Test func lateFramesAreDroppedOldestFirstAndCounted() throws {
        let drops = Mutex<[FrameQueue.Drop]>([])
        let line = FrameQueue(
            timeout: 0, limit: 7200, capacity: 10, onDrop: { drop in drops.withLock { $0.append(drop) } })
        for index in 0..<3 { line.append(try Self.frame(index, due: .seconds(-10_000))) }
        line.append(try Self.packet(2.5))
        line.append(try Self.frame(3, due: .seconds(-1)))
        #expect(Self.name(line.next { _ in true }) == "s2.5")
        #expect(Self.name(line.next { _ in true }) == "p3")
        #expect(drops.withLock { $0 } == [.late, .late, .late])
    }

    @Test func queueIsBounded() throws {
        let drops = Mutex<[FrameQueue.Drop]>([])
        let line = FrameQueue(
            timeout: 3600, limit: 7200, capacity: 4, onDrop: { drop in drops.withLock { $0.append(drop) } })
        for index in 0..<10 { line.append(try Self.frame(index)) }
        #expect(drops.withLock { $0 } == [FrameQueue.Drop](repeating: .crowded, count: 6))
        #expect(Self.name(line.next { _ in true }) == "p6")
        for time in 0..<1000 { line.append(try Self.packet(Double(time))) }
        line.close()
        var packets = 0
        while let item = line.next(isReady: { _ in true }) {
            if case .packet = item { packets += 1 }
        }
        #expect(packets == 32)
    }

    @Test func framesThatAreReadyTogetherAreOutputAtTheirArrivalRate() throws {
        let offset = Mutex(0.0)
        let start = ContinuousClock.now
        let line = FrameQueue(
            timeout: 10, limit: 20, capacity: 10, now: { start.advanced(by: .seconds(offset.withLock { $0 })) })
        for index in 0..<3 {
            let frame = VideoFrame(
                buffer: try FrameBuffer(), index: index, pts: Int64(index), duration: 1, time: Double(index))
            line.append(.frame(FrameQueue.Frame(frame: frame, due: start.advanced(by: .seconds(Double(index))))))
        }
        // All become final when the first has waited for five seconds.
        offset.withLock { $0 = 5.1 }
        line.wake(finalUpTo: 3)
        offset.withLock { $0 = 5.2 }
        #expect(Self.name(line.next { _ in true }) == "p0")
        let (asked, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let got = Mutex("")
        Thread {
            let item = line.next { _ in
                asked.signal()
                return true
            }
            got.withLock { $0 = Self.name(item) }
            done.signal()
        }.start()
        asked.wait()
        line.wake()
        asked.wait()
        #expect(got.withLock { $0 } == "")
        offset.withLock { $0 = 6.2 }
        line.wake()
        done.wait()
        #expect(got.withLock { $0 } == "p1")
    }

    @Test func closingOutputsTheQueueAndCancellingDoesNot() throws {
        let line = FrameQueue(timeout: 3600, limit: 7200, capacity: 4)
        line.append(try Self.frame(0))
        line.append(try Self.frame(1))
        line.close()
        #expect(Self.name(line.next { _ in false }) == "p0")
        line.cancel()
        #expect(Self.name(line.next { _ in true }) == "end")
    }
}
