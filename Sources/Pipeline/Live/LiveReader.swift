import Decode

/// The reading thread of an epoch: pictures into the line of those that wait, samples of them into windows.
///
/// It waits for nobody but the camera.
struct LiveReader {
    let epoch: Int
    let source: any LivePictureSource
    /// Makes what cuts single samples, from a time on in seconds; windows are made of them when the engine is free.
    let makeSampler: (_ start: Double) throws(MediaError) -> ClipWindow
    let samples: SampleLine
    let pictures: PictureLine
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
            pictures.close()
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
            source.properties.sideStreams.map { ($0.index, $0.timeBase) }, uniquingKeysWith: { first, _ in first })
        var clock: LiveClock?
        var sampler = try makeSampler(0)
        var beginsRun = false
        var damaged = 0
        var told: Set<SourceWarning.Kind> = []
        while !stop.shouldFinishSoon, let item = try source.next() {
            switch item {
            case .packet(let packet):
                guard let timeBase = sides[packet.stream], let time = packet.time(timeBase) else { continue }
                pictures.append(.packet(packet, time: time - source.properties.startTime))
            case .picture(let picture):
                let frame = picture.frame
                let waiting = place(picture, &clock)
                if picture.followsGap {
                    // Nothing of what was before is shown in what is missing.
                    sampler = try makeSampler(frame.time)
                    beginsRun = true
                    heat.breakOff(at: frame.time)
                    outputs.onBreak(LiveBreak(.gap, epoch: epoch, time: wallClock.time(of: frame.time)))
                }
                note(picture, newDamage: source.damagedPictures - damaged)
                damaged = source.damagedPictures
                warn(&told)
                pictures.append(.picture(waiting))
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

    /// When a picture is due and was taken; makes the decoder hurry if it comes too late.
    private func place(_ picture: LivePicture, _ known: inout LiveClock?) -> PictureLine.Picture {
        let (time, arrival) = (picture.frame.time, picture.arrival)
        var clock = known ?? LiveClock(arrival: arrival, time: time)
        if picture.followsGap {
            clock.restart(arrival: arrival, time: time)
        } else {
            clock.note(arrival: arrival, time: time)
        }
        known = clock
        let late = clock.lateness(arrival: arrival, time: time)
        source.isHurried = late > (source.isHurried ? bound / 2 : bound)
        let taken = clock.wallClock(
            of: time, startOnWallClock: source.startOnWallClock, now: .now, wallNow: now())
        wallClock.note(taken, of: time, beginsRun: picture.followsGap)
        return PictureLine.Picture(frame: picture.frame, due: clock.due(time))
    }

    /// - Parameter newDamage: damaged pictures since the last call: the source's count ends with its connection.
    private func note(_ picture: LivePicture, newDamage: Int) {
        report.update { statistics in
            statistics.picturesIn += 1
            statistics.lastPicture = picture.arrival
            if picture.followsGap { statistics.gaps += 1 }
            statistics.picturesDamaged += UInt64(max(newDamage, 0))
        }
    }
}
