import TestSupport
import Testing

@testable import Engine

@Suite("Overlapping windows")
struct OverlapTests {
    private static let shape = ClipShape(frames: 64, height: 33, width: 40, channels: 3)

    private func frames(_ count: Int) -> [[UInt8]] {
        var random = SeededGenerator(seed: 21)
        return (0..<count).map { _ in
            (0..<Self.shape.elementsPerFrame).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
    }

    private func answer(_ session: EngineSession) throws -> [UInt32] {
        let logits = try session.forward()
        try session.backward(target: 1, rule: .guided)
        return (logits + (try session.gradient())).map(\.bitPattern)
    }

    private func session(_ model: I3DModel, keepsOverlap: Bool) throws -> EngineSession {
        try EngineSession(
            model: model, shape: Self.shape, pool: ThreadPool(threadCount: 2), keepsOverlap: keepsOverlap)
    }

    @Test(
        "A window after a slide has the bytes of a window that is set as a whole", arguments: [1, 8, 12, 16, 32, 64],
        MemoryUse.allCases)
    func sameBytes(_ stride: Int, _ memory: MemoryUse) throws {
        let model = try RandomNetwork.model(width: 0.34, memory: memory)
        let frames = frames(64 + 2 * stride)
        let stream = try session(model, keepsOverlap: true)
        for window in 0..<3 {
            let first = window * stride
            if window > 0 { try stream.slide(by: stride) }
            for index in (window > 0 ? 64 - stride : 0)..<64 {
                try stream.set(index, frames[first + index])
            }
            let alone = try session(model, keepsOverlap: false)
            for index in 0..<64 { try alone.set(index, frames[first + index]) }
            #expect(try answer(stream) == answer(alone), "window \(window)")
        }
    }

    @Test("After a change behind the slide, or without a previous result, nothing is shared")
    func changedFrames() throws {
        let model = try RandomNetwork.model(width: 0.5)
        let frames = frames(64 + 16 + 1)
        let stream = try session(model, keepsOverlap: true)
        for index in 0..<64 { try stream.set(index, frames[index]) }
        _ = try stream.forward()
        try stream.slide(by: 16)
        for index in 48..<64 { try stream.set(index, frames[16 + index]) }
        // In the middle of the part that would have been shared.
        try stream.set(20, frames[80])
        let alone = try session(model, keepsOverlap: false)
        for index in 0..<64 { try alone.set(index, frames[index == 20 ? 80 : 16 + index]) }
        #expect(try answer(stream) == answer(alone))

        // Two slides in a row: the window between them was never computed.
        try stream.slide(by: 8)
        try stream.slide(by: 8)
        let moved = try session(model, keepsOverlap: false)
        try moved.setValues(stream.clip())
        #expect(try answer(stream) == answer(moved))
        #expect(throws: ModelError.self) { try stream.slide(by: 0) }
        #expect(throws: ModelError.self) { try stream.slide(by: 65) }
    }

    /// Frame 24 of a window after a slide by 16 is read only by tiles that both windows share.
    @Test("Shared results are not computed again")
    func nothingTwice() throws {
        let model = try RandomNetwork.model(width: 0.5)
        let frames = frames(64 + 16)
        func answer(poisoned: Bool) throws -> [UInt32] {
            let stream = try session(model, keepsOverlap: true)
            for index in 0..<64 { try stream.set(index, frames[index]) }
            _ = try stream.forward()
            try stream.slide(by: 16)
            for index in 48..<64 { try stream.set(index, frames[16 + index]) }
            if poisoned {
                let clip = stream.workspace.bytes(try #require(stream.plan.clipBytes))
                let count = Self.shape.elementsPerFrame
                for index in 24 * count..<25 * count { clip[index] = ~clip[index] }
            }
            return try self.answer(stream)
        }
        #expect(try answer(poisoned: true) == answer(poisoned: false))
    }

    @Test("Shared are the whole tiles that do not read beyond either window")
    func sharedFrames() throws {
        let model = try RandomNetwork.model(width: 0.5)
        let overlap = try #require(NetworkBuilder.plan(model, Self.shape, keepsOverlap: true).overlap)
        #expect(overlap.shared(stride: 8) == (4..<24, 8..<20))
        #expect(overlap.shared(stride: 16) == (4..<20, 8..<16))
        #expect(overlap.shared(stride: 32) == (4..<12, 0..<0))
        #expect(overlap.shared(stride: 48) == (0..<0, 0..<0))
        #expect(overlap.shared(stride: 12) == (0..<0, 0..<0))
        // A narrow second stage does not use Winograd convolution.
        let narrow = try RandomNetwork.model(width: 0.34)
        let stemAlone = try #require(NetworkBuilder.plan(narrow, Self.shape, keepsOverlap: true).overlap)
        #expect(stemAlone.shared(stride: 8) == (4..<24, 0..<0))
        // With bands nothing is kept.
        let little = try RandomNetwork.model(width: 0.34, memory: .low)
        #expect(NetworkBuilder.plan(little, Self.shape, keepsOverlap: true).overlap == nil)
    }
}

extension EngineSession {
    fileprivate func set(_ index: Int, _ bytes: [UInt8]) throws {
        try setFrame(index, bytes: bytes.span)
    }
}
