import Decode
import Foundation
import Synchronization
import Testing

@testable import Pipeline

@Suite struct SampleLineTests {
    private static func frame(_ number: Int) -> ClipFrame {
        ClipFrame(
            pixels: .bytes([UInt8(truncatingIfNeeded: number)]), width: 1, height: 1, channels: 1, sourceIndex: number,
            sourceTime: Double(number), isCorrupt: false)
    }

    private static func next(_ line: SampleBuffer, stride: Int) -> SampleBuffer.Due? {
        line.waitUntilDue(stride: stride) ? line.takeNewest(stride: stride) : nil
    }

    private static func line(length: Int, samples: Range<Int> = 0..<0) -> SampleBuffer {
        let line = SampleBuffer(length: length)
        for number in samples { line.append(frame(number), time: Double(number), beginsRun: false) }
        return line
    }

    @Test func windowsBeginAStrideApartWhileTheEngineKeepsUp() throws {
        let line = Self.line(length: 8)
        var starts: [Double] = []
        var strides: [Int?] = []
        for number in 0..<24 {
            line.append(Self.frame(number), time: Double(number), beginsRun: false)
            guard number >= 7, (number - 7) % 4 == 0 else { continue }
            let due = try #require(Self.next(line, stride: 4))
            #expect(due.window.times.count == 8)
            #expect(due.skipped == 0)
            starts.append(due.window.times[0])
            strides.append(due.stride)
        }
        #expect(starts == [0, 4, 8, 12, 16])
        #expect(strides == [nil, 4, 4, 4, 4])
    }

    @Test(arguments: [4, 3, 9])
    func lateRequestGetsTheNewestWindow(stride: Int) throws {
        let line = Self.line(length: 8, samples: 0..<9)
        let first = try #require(Self.next(line, stride: 4))
        let begun = first.window.times[0]
        for number in 9..<25 { line.append(Self.frame(number), time: Double(number), beginsRun: false) }
        let due = try #require(Self.next(line, stride: stride))
        // The newest eight samples.
        #expect(due.window.times == (17..<25).map(Double.init))
        #expect(due.stride == 17 - Int(begun))
        #expect(due.skipped == (17 - Int(begun)) / stride - 1)
    }

    @Test func holdsAtMostTwoWindows() throws {
        let line = Self.line(length: 8, samples: 0..<10_000)
        #expect(line.heldCount <= 16)
        let due = try #require(Self.next(line, stride: 4))
        #expect(due.window.times.count == 8)
        #expect(due.window.times[0] >= 9_984)
    }

    @Test func noWindowSpansAGap() throws {
        let line = Self.line(length: 4, samples: 0..<6)
        let first = try #require(Self.next(line, stride: 2))
        for number in 6..<11 { line.append(Self.frame(number), time: Double(number) + 100, beginsRun: number == 6) }
        let second = try #require(Self.next(line, stride: 2))
        #expect(second.window.times.allSatisfy { $0 > 100 })
        #expect(second.stride == nil)
        // Far enough apart that heat is not interpolated from one to the other.
        #expect(second.window.firstSample - first.window.firstSample > 1000)
        #expect(second.window.index == 1)
    }

    @Test func newestSamplesAreUsedAfterTheEngineWasBusy() throws {
        let line = Self.line(length: 8, samples: 0..<8)
        #expect(line.waitUntilDue(stride: 4))
        for number in 8..<11 { line.append(Self.frame(number), time: Double(number), beginsRun: false) }
        #expect(try #require(line.takeNewest(stride: 4)).window.times[0] == 3)
        // After a gap in the meantime there is nothing to explain.
        for number in 11..<15 { line.append(Self.frame(number), time: Double(number), beginsRun: false) }
        #expect(line.waitUntilDue(stride: 4))
        line.append(Self.frame(15), time: 100, beginsRun: true)
        #expect(line.takeNewest(stride: 4)?.window.index == nil)
    }

    @Test func lateWindowsKeepWhatTheEngineShares() throws {
        let line = Self.line(length: 32, samples: 0..<32)
        #expect(try #require(Self.next(line, stride: 16)).window.firstSample == 0)
        for number in 32..<61 { line.append(Self.frame(number), time: Double(number), beginsRun: false) }
        // 29 samples later: the newest start at a multiple of 8 after 16.
        #expect(try #require(Self.next(line, stride: 16)).stride == 24)
    }

    @Test func stridesLongerThanAWindowLeaveSamplesOut() throws {
        let line = Self.line(length: 4, samples: 0..<4)
        #expect(try #require(Self.next(line, stride: 10)).window.times == [0, 1, 2, 3])
        for number in 4..<14 { line.append(Self.frame(number), time: Double(number), beginsRun: false) }
        let due = try #require(Self.next(line, stride: 10))
        #expect(due.window.times == [10, 11, 12, 13])
        #expect(due.stride == 10)
        #expect(due.skipped == 0)
    }

    @Test func closingWakesWaiters() {
        let line = Self.line(length: 4, samples: 0..<3)
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Bool?>(nil)
        Thread {
            let due = Self.next(line, stride: 1)
            result.withLock { $0 = due == nil }
            done.signal()
        }.start()
        line.close()
        done.wait()
        #expect(result.withLock { $0 } == true)
    }
}
