import Concurrency
import Decode
import Media

/// The reading thread of a connection: frames into the line of those that wait, samples of them into windows.
///
/// It waits for nobody but the camera.
struct LiveReader {
    let connection: Int
    let source: any LiveFrameSource
    /// Makes what cuts single samples, from a time on in seconds; windows are made of them when the engine is free.
    let makeSampler: (_ start: Double) throws(MediaError) -> ClipWindow
    let samples: SampleBuffer
    let frames: FrameQueue
    let heat: LiveHeat
    let report: LiveReport
    let outputs: LiveOutputs
    let stop: StopRequest
    /// Seconds of lateness from which the decoder hurries.
    let bound: Double
    let wallClock: LiveWallClock
    /// Seconds since 1970.
    let now: @Sendable () -> Double

    /// Reads until the stream ends, fails, or is to stop.
    ///
    /// - Returns: what it failed with.
    func run() -> MediaError? {
        defer {
            samples.close()
            frames.close()
        }
        do throws(MediaError) {
            try read()
            return nil
        } catch {
            return error.code == .cancelled ? nil : error
        }
    }

    private func read() throws(MediaError) {
        let sides = Dictionary(
            source.properties.auxiliaryStreams.map { ($0.index, $0.timeBase) }, uniquingKeysWith: { first, _ in first })
        var clock: LiveClock?
        var sampler = try makeSampler(0)
        var beginsRun = false
        var counted = (damaged: 0, skipped: UInt64(0))
        var believed = BelievedClock()
        var told: Set<SourceWarning.Kind> = []
        while !stop.shouldFinishSoon, let item = try source.next() {
            switch item {
            case .packet(let packet):
                guard let timeBase = sides[packet.stream], let time = packet.time(timeBase) else { continue }
                frames.append(.packet(packet, time: time - source.properties.startTime))
            case .frame(let arrived):
                let frame = arrived.frame
                let waiting = place(arrived, &clock, &believed)
                if arrived.followsGap {
                    // Nothing of what was before is shown in what is missing.
                    sampler = try makeSampler(frame.time)
                    beginsRun = true
                    heat.breakOff(at: frame.time)
                    outputs.onDiscontinuity(
                        StreamDiscontinuity(.gap, connection: connection, time: wallClock.time(of: frame.time)))
                }
                frames.append(.frame(waiting))
                note(arrived, &counted)
                warn(&told)
                for sample in try sampler.append(frame) {
                    guard let clipFrame = sample.frames.first, let time = sample.times.first else { continue }
                    samples.append(clipFrame, time: time, beginsRun: beginsRun)
                    beginsRun = false
                }
            }
        }
    }

    /// Says once what the frames are like that is not damage.
    private func warn(_ told: inout Set<SourceWarning.Kind>) {
        let kinds: Set<SourceWarning.Kind> = [.changedFrames, .transparency, .highDynamicRange]
        for warning in source.warnings where kinds.contains(warning.kind) && told.insert(warning.kind).inserted {
            outputs.onWarning(warning.message)
        }
    }

    /// When a frame is due and was taken; makes the decoder hurry if it comes too late.
    private func place(
        _ arrived: LiveFrame, _ known: inout LiveClock?, _ believed: inout BelievedClock
    ) -> FrameQueue.Frame {
        let (time, arrival) = (arrived.frame.time, arrived.arrival)
        var clock = known ?? LiveClock(arrival: arrival, time: time)
        if arrived.followsGap {
            clock.restart(arrival: arrival, time: time)
        } else {
            clock.note(arrival: arrival, time: time, waited: arrived.waited)
        }
        known = clock
        let late = clock.lateness(arrival: arrival, time: time)
        source.isBehind = late > (source.isBehind ? bound / 2 : bound)
        let (taken, warning) = believed.date(
            own: clock.wallClock(of: time, now: .now, wallNow: now()), camera: source.startOnWallClock.map { $0 + time }
        )
        if let warning { outputs.onWarning(warning) }
        wallClock.note(taken, of: time, beginsRun: arrived.followsGap)
        return FrameQueue.Frame(frame: arrived.frame, due: clock.due(time))
    }

    /// - Parameter counted: what the source had counted at the last call: its counts end with its connection.
    private func note(_ arrived: LiveFrame, _ counted: inout (damaged: Int, skipped: UInt64)) {
        let before = counted
        counted = (source.damagedFrames, source.skippedFrames)
        report.update { statistics in
            if counted.skipped > before.skipped { statistics.framesSkipped += counted.skipped - before.skipped }
            statistics.framesIn += 1
            statistics.lastFrame = arrived.arrival
            if arrived.followsGap { statistics.gaps += 1 }
            statistics.framesDamaged += UInt64(max(counted.damaged - before.damaged, 0))
        }
    }
}
