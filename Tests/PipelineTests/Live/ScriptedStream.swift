import Concurrency
import Decode
import Foundation
import Media
import Synchronization

@testable import Pipeline

/// A clip's frames as a live stream: each comes when the script lets it, may follow a gap, and the end is what is asked
/// for.
///
/// `arrival` follows the time stamps exactly, as from a camera without jitter, unless a frame is held back.
// Unchecked: the thread that opens makes it, the one that reads uses it.
final class ScriptedStream: LiveFrameSource, @unchecked Sendable {
    struct Script: Sendable {
        /// Frames that follow a gap of this many seconds.
        var gaps: [Int: Double] = [:]
        /// Frames that come this many seconds later than they were taken.
        var delays: [Int: Double] = [:]
        /// Seconds before now that the first frame arrived.
        var age = 0.0
        /// When the camera says that the first frame was taken, in seconds since 1970.
        var startOnWallClock: Double?
        /// Called before frame `index` is handed out, on the reading thread.
        var before: @Sendable (_ index: Int) -> Void = { _ in }
        /// Frames to hand out; nil for all there are.
        var count: Int?
        /// Frames that are damaged, the first ones.
        var damaged = 0
        /// What the stream ends with; nil for a sender that ends it.
        var failure: MediaError?
    }

    let properties: SourceProperties
    var startOnWallClock: Double? { script.startOnWallClock }
    var isBehind = false
    var damagedFrames: Int { min(index, script.damaged) }
    var skippedFrames: UInt64 { 0 }
    var warnings: [SourceWarning] { [] }

    private let source: VideoFileSource
    private let script: Script
    private let cancellation: Cancellation
    private let began = ContinuousClock.now
    private var index = 0
    private var missing = 0.0

    init(_ path: String, _ script: Script, cancellation: Cancellation) throws(MediaError) {
        source = try VideoFileSource(path)
        properties = source.properties
        self.script = script
        self.cancellation = cancellation
    }

    func next() throws(MediaError) -> LiveItem? {
        if cancellation.isCancelled { throw MediaError(.cancelled, "reading was cancelled") }
        if index == script.count ?? -1 { return try end() }
        switch try source.next() {
        case .packet(let packet): return .packet(packet)
        case .frame(let frame):
            script.before(index)
            if cancellation.isCancelled { throw MediaError(.cancelled, "reading was cancelled") }
            let gap = script.gaps[index]
            let delay = script.delays[index] ?? 0
            missing += gap ?? 0
            index += 1
            let time = frame.time + missing
            return .frame(
                LiveFrame(
                    frame: try frame.moved(to: time, timeBase: properties.timeBase),
                    arrival: began + .seconds(time + delay - script.age), followsGap: gap != nil))
        case nil: return try end()
        }
    }

    private func end() throws(MediaError) -> LiveItem? {
        if let failure = script.failure { throw failure }
        return nil
    }
}

extension VideoFrame {
    fileprivate func moved(to time: Double, timeBase: Rational) throws(MediaError) -> VideoFrame {
        VideoFrame(
            buffer: try buffer.reference(), index: index, pts: pts + Int64((time - self.time) / timeBase.value),
            duration: duration, time: time, isCorrupt: isCorrupt)
    }
}
