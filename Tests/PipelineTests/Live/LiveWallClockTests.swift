import Testing

@testable import Pipeline

@Suite struct LiveWallClockTests {
    @Test func laterCorrectionAppliesToEarlierFrames() {
        let clock = LiveWallClock()
        clock.record(1002, of: 0, beginsRun: false)
        #expect(clock.time(of: 0) == 1002)
        clock.record(1000.25, of: 0.25, beginsRun: false)
        #expect(clock.time(of: 0) == 1000)
        #expect(clock.time(of: 8) == 1008)
    }

    @Test func framesBeforeAGapKeepTheirTime() {
        let clock = LiveWallClock()
        clock.record(1000, of: 0, beginsRun: false)
        clock.record(1030, of: 5, beginsRun: true)
        #expect(clock.time(of: 4) == 1004)
        #expect(clock.time(of: 5) == 1030)
        clock.record(1029, of: 6, beginsRun: false)
        #expect(clock.time(of: 4) == 1004)
        #expect(clock.time(of: 5) == 1028)
    }

    @Test func oldGapsAreForgotten() {
        let clock = LiveWallClock()
        for run in 0..<1000 { clock.record(Double(run * 100), of: Double(run), beginsRun: true) }
        #expect(clock.time(of: 999) == 99_900)
        #expect(clock.time(of: 990) == 99_000)
        // The oldest entry that is kept is used.
        #expect(clock.time(of: 0) == 98_400 - 984)
    }
}
