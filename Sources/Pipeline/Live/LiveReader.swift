import Concurrency
import Decode
import Media

/// The reading thread of a connection: it appends frames to the frame queue and their samples to the sample buffer.
///
/// It waits only for the camera.
struct LiveReader {
    let connection: Int
    let source: any LiveFrameSource
    /// Makes a sampler for single samples from a time in seconds on; windows are made of them when the engine is free.
    let makeSampler: (_ start: Double) throws(MediaError) -> ClipWindow
    let samples: SampleBuffer
    let frames: FrameQueue
    let heat: LiveHeat
    let report: LiveReport
    let outputs: LiveOutputs
    let stop: StopRequest
    /// The lateness in seconds from which the decoder skips frames.
    let bound: Double
    let wallClock: LiveWallClock
    /// Seconds since 1970.
    let now: @Sendable () -> Double

    /// Reads until the stream ends, fails, or a stop is requested.
    ///
    /// - Returns: the error with which it failed, if any.
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
        let timeBases = Dictionary(
            source.properties.auxiliaryStreams.map { ($0.index, $0.timeBase) }, uniquingKeysWith: { first, _ in first })
        var clock: LiveClock?
        var sampler = try makeSampler(0)
        var beginsRun = false
        var counted = (damaged: 0, skipped: UInt64(0))
        var captureClock = CaptureClock()
        var reported: Set<SourceWarning.Kind> = []
        while !stop.shouldFinishSoon, let item = try source.next() {
            switch item {
            case .packet(let packet):
                guard let timeBase = timeBases[packet.stream], let time = packet.time(timeBase) else { continue }
                frames.append(.packet(packet, time: time - source.properties.startTime))
            case .frame(let arrived):
                let frame = arrived.frame
                let waiting = place(arrived, &clock, &captureClock)
                if arrived.followsGap {
                    // Frames before the gap must not be shown during it.
                    sampler = try makeSampler(frame.time)
                    beginsRun = true
                    heat.markGap(at: frame.time)
                    outputs.onDiscontinuity(
                        StreamDiscontinuity(.gap, connection: connection, time: wallClock.time(of: frame.time)))
                }
                frames.append(.frame(waiting))
                updateStatistics(arrived, &counted)
                warn(&reported)
                for sample in try sampler.append(frame) {
                    guard let clipFrame = sample.frames.first, let time = sample.times.first else { continue }
                    samples.append(clipFrame, time: time, beginsRun: beginsRun)
                    beginsRun = false
                }
            }
        }
    }

    /// Reports each property of the frames that is not damage once.
    private func warn(_ reported: inout Set<SourceWarning.Kind>) {
        let kinds: Set<SourceWarning.Kind> = [.changedFrames, .transparency, .highDynamicRange]
        for warning in source.warnings where kinds.contains(warning.kind) && reported.insert(warning.kind).inserted {
            outputs.onWarning(warning.message)
        }
    }

    /// Determines a frame's due time and capture time; makes the decoder skip frames if it is too late.
    private func place(
        _ arrived: LiveFrame, _ known: inout LiveClock?, _ captureClock: inout CaptureClock
    ) -> FrameQueue.Frame {
        let (time, arrival) = (arrived.frame.time, arrived.arrival)
        var clock = known ?? LiveClock(arrival: arrival, time: time)
        if arrived.followsGap {
            clock.restart(arrival: arrival, time: time)
        } else {
            clock.update(arrival: arrival, time: time, waited: arrived.waited)
        }
        known = clock
        let late = clock.lateness(arrival: arrival, time: time)
        source.isBehind = late > (source.isBehind ? bound / 2 : bound)
        let (taken, warning) = captureClock.date(
            own: clock.wallClock(of: time, now: .now, wallNow: now()), camera: source.startOnWallClock.map { $0 + time }
        )
        if let warning { outputs.onWarning(warning) }
        wallClock.record(taken, of: time, beginsRun: arrived.followsGap)
        return FrameQueue.Frame(frame: arrived.frame, due: clock.due(time))
    }

    /// - Parameter counted: the source's counts at the last call; they begin anew with each connection.
    private func updateStatistics(_ arrived: LiveFrame, _ counted: inout (damaged: Int, skipped: UInt64)) {
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
