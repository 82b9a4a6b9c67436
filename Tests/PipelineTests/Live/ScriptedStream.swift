import Concurrency
import Decode
import Foundation
import Media
import Synchronization

@testable import Pipeline

/// A clip's frames as a live stream: the script sets when each arrives, gaps before frames, and the end.
///
/// `arrival` follows the time stamps exactly, as from a camera without jitter, unless a frame is held back.
// Unchecked: the opening thread makes it, the reading thread uses it.
final class ScriptedStream: LiveFrameSource, @unchecked Sendable {
    struct Script: Sendable {
        /// Frames that follow a gap of this many seconds.
        var gaps: [Int: Double] = [:]
        /// Frames that arrive this many seconds after they were captured.
        var delays: [Int: Double] = [:]
        /// Seconds before now that the first frame arrived.
        var age = 0.0
        /// The camera's time of capture of the first frame, in seconds since 1970.
        var startOnWallClock: Double?
        /// Called on the reading thread before frame `index` is delivered.
        var before: @Sendable (_ index: Int) -> Void = { _ in }
        /// The number of frames to deliver; nil for all.
        var count: Int?
        /// The number of damaged frames at the beginning.
        var damaged = 0
        /// The error that ends the stream; nil if the sender ends it.
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
    let began = ContinuousClock.now
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
