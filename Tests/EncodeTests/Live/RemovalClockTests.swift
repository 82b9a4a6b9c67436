import Synchronization
import Testing

@testable import Encode

@Suite struct RemovalClockTests {
    /// Clocks that the tests set.
    private final class ManualClocks: Sendable {
        let reading = Mutex(
            RemovalClock.Reading(wall: 1_800_000_000, monotonic: 1000, isSynchronised: false))

        /// Lets time pass, during which the wall clock jumps by `jump` seconds.
        func pass(_ seconds: Double, jump: Double = 0) {
            reading.withLock { reading in
                reading.wall += seconds + jump
                reading.monotonic += seconds
            }
        }

        func synchronise(_ isSynchronised: Bool = true) { reading.withLock { $0.isSynchronised = isSynchronised } }
        var wall: Double { reading.withLock { $0.wall } }
    }

    private let clocks = ManualClocks()
    private let clock: RemovalClock

    init() {
        clock = RemovalClock { [clocks] in clocks.reading.withLock { $0 } }
    }

    private func makeCertain() {
        clocks.synchronise()
        #expect(clock.check().now == clocks.wall)
        clocks.synchronise(false)
    }

    @Test func noTimeIsCertainAtFirst() {
        #expect(clock.check() == RemovalClock.Answer())
        clocks.pass(3599)
        #expect(clock.check() == RemovalClock.Answer())
        clocks.pass(1)
        #expect(clock.check() == RemovalClock.Answer(now: clocks.wall))
    }

    @Test func synchronisedClockIsCertain() {
        clocks.synchronise()
        #expect(clock.check() == RemovalClock.Answer(now: clocks.wall))
        clocks.pass(60, jump: 1e8)
        #expect(clock.check() == RemovalClock.Answer(now: clocks.wall))
    }

    @Test func formerTimeContinuesAfterAJump() {
        makeCertain()
        let before = clocks.wall
        clocks.pass(60, jump: 2 * 86_400)
        #expect(clock.check() == RemovalClock.Answer(now: before + 60, jump: 2 * 86_400))
        clocks.pass(3600)
        #expect(clock.check() == RemovalClock.Answer(now: before + 3660))
        // A day at most until it is trusted.
        clocks.pass(86_400 - 3601)
        #expect(clock.check() == RemovalClock.Answer(now: before + 60 + 86_399))
        clocks.pass(1)
        #expect(clock.check() == RemovalClock.Answer(now: clocks.wall))
    }

    @Test func aJumpOfAnHourTakesAnHour() {
        makeCertain()
        clocks.pass(10, jump: 3600)
        #expect(clock.check().jump == 3600)
        clocks.pass(3600)
        #expect(clock.check().now == clocks.wall)
    }

    @Test func jumpBackMakesNothingOlder() {
        makeCertain()
        clocks.pass(10, jump: -86_400)
        #expect(clock.check() == RemovalClock.Answer(now: clocks.wall, jump: -86_400))
        // A jump back to the former time does not count as one.
        clocks.pass(10, jump: 86_400)
        #expect(clock.check() == RemovalClock.Answer(now: clocks.wall))
    }

    @Test func aClockThatKeepsJumpingIsNeverCertain() {
        makeCertain()
        let before = clocks.wall
        for count in 1...100 {
            clocks.pass(1800, jump: 10_000)
            #expect(
                clock.check() == RemovalClock.Answer(now: before + Double(count) * 1800, jump: 10_000 * Double(count)))
        }
    }

    @Test func smallCorrectionsAreFollowed() {
        makeCertain()
        for _ in 1...1000 {
            clocks.pass(60, jump: 1)
            #expect(clock.check() == RemovalClock.Answer(now: clocks.wall))
        }
    }
}
