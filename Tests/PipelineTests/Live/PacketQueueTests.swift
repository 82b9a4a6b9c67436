import Encode
import Media
import TestSupport
import Testing

@testable import Pipeline

@Suite struct PacketQueueTests {
    private let clip: EncodedClip

    init() throws {
        clip = try EncodedClip(try TemporaryDirectory(), frames: 40, keyInterval: 10)
        try #require(clip.frames.indices.filter { clip.frames[$0].isKeyFrame } == [0, 10, 20, 30])
    }

    /// The numbers of all queued packets; sound is -1.
    private func taken(_ queue: PacketQueue, _ count: Int = .max) -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count, let packet = queue.next() {
            guard case .frame(let frame) = packet else {
                numbers.append(-1)
                continue
            }
            numbers.append(Int((frame.time * 25).rounded()))
        }
        return numbers
    }

    private func sound() throws -> LivePacket {
        .auxiliary(MediaPacket(buffer: try PacketBuffer(), stream: 1), time: 0)
    }

    @Test func packetsAreDroppedUpToTheNextKeyFrame() throws {
        let queue = PacketQueue(capacity: 5)
        for number in 0..<13 { queue.append(.frame(clip.frames[number])) }
        #expect(queue.lost == 8)
        // There is room again, but the next frames could not be decoded.
        #expect(taken(queue, 5) == [0, 1, 2, 3, 4])
        queue.append(try sound())
        for number in 13..<23 { queue.append(.frame(clip.frames[number])) }
        #expect(queue.lost == 15)
        #expect(taken(queue, 3) == [20, 21, 22])
        for number in 23..<26 { queue.append(.frame(clip.frames[number])) }
        queue.close()
        #expect(taken(queue) == [23, 24, 25])
        #expect(queue.lost == 15)
    }

    /// A key frame without room for it is dropped with its group.
    @Test func aKeyFrameNeedsRoomToo() {
        let queue = PacketQueue(capacity: 5)
        for number in 0..<15 { queue.append(.frame(clip.frames[number])) }
        queue.close()
        #expect(taken(queue) == [0, 1, 2, 3, 4])
        #expect(queue.lost == 10)
    }

    @Test func soundTakesNoMoreRoomThanThereIs() throws {
        let queue = PacketQueue(capacity: 3)
        for _ in 0..<10 { queue.append(try sound()) }
        queue.close()
        #expect(taken(queue) == [-1, -1, -1])
        #expect(queue.lost == 0)
    }

    @Test func packetsAfterTheEndAreIgnored() {
        let queue = PacketQueue(capacity: 5)
        queue.append(.frame(clip.frames[0]))
        queue.close()
        queue.append(.frame(clip.frames[1]))
        #expect(taken(queue) == [0])
    }
}
