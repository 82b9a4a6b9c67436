import Synchronization
import Testing

@testable import Encode

@Suite struct RemovalClockTests {
    /// Clocks that are set by hand.
    private final class Hands: Sendable {
        let reading = Mutex(
            RemovalClock.Reading(wall: 1_800_000_000, monotonic: 1000, isSynchronised: false))

        /// Lets time pass; the wall clock jumps meanwhile.
        func pass(_ seconds: Double, jump: Double = 0) {
            reading.withLock { reading in
                reading.wall += seconds + jump
                reading.monotonic += seconds
            }
        }

        func synchronise(_ isSynchronised: Bool = true) { reading.withLock { $0.isSynchronised = isSynchronised } }
        var wall: Double { reading.withLock { $0.wall } }
    }

    private let hands = Hands()
    private let clock: RemovalClock

    init() {
        clock = RemovalClock { [hands] in hands.reading.withLock { $0 } }
    }

    private func makeCertain() {
        hands.synchronise()
        #expect(clock.look().now == hands.wall)
        hands.synchronise(false)
    }

    @Test func noTimeIsCertainAtFirst() {
        #expect(clock.look() == RemovalClock.Answer())
        hands.pass(3599)
        #expect(clock.look() == RemovalClock.Answer())
        hands.pass(1)
        #expect(clock.look() == RemovalClock.Answer(now: hands.wall))
    }

    @Test func theKernelsWordIsEnough() {
        hands.synchronise()
        #expect(clock.look() == RemovalClock.Answer(now: hands.wall))
        hands.pass(60, jump: 1e8)
        #expect(clock.look() == RemovalClock.Answer(now: hands.wall))
    }

    @Test func afterAJumpTheTimeBeforeGoesOn() {
        makeCertain()
        let before = hands.wall
        hands.pass(60, jump: 2 * 86_400)
        #expect(clock.look() == RemovalClock.Answer(now: before + 60, jump: 2 * 86_400))
        hands.pass(3600)
        #expect(clock.look() == RemovalClock.Answer(now: before + 3660))
        // A day at most until it is believed.
        hands.pass(86_400 - 3601)
        #expect(clock.look() == RemovalClock.Answer(now: before + 60 + 86_399))
        hands.pass(1)
        #expect(clock.look() == RemovalClock.Answer(now: hands.wall))
    }

    @Test func aJumpOfAnHourTakesAnHour() {
        makeCertain()
        hands.pass(10, jump: 3600)
        #expect(clock.look().jump == 3600)
        hands.pass(3600)
        #expect(clock.look().now == hands.wall)
    }

    @Test func aJumpBackMakesNothingOlder() {
        makeCertain()
        hands.pass(10, jump: -86_400)
        #expect(clock.look() == RemovalClock.Answer(now: hands.wall, jump: -86_400))
        // And one back to where it was is none.
        hands.pass(10, jump: 86_400)
        #expect(clock.look() == RemovalClock.Answer(now: hands.wall))
    }

    @Test func aClockThatKeepsJumpingIsNeverCertain() {
        makeCertain()
        let before = hands.wall
        for count in 1...100 {
            hands.pass(1800, jump: 10_000)
            #expect(
                clock.look() == RemovalClock.Answer(now: before + Double(count) * 1800, jump: 10_000 * Double(count)))
        }
    }

    @Test func smallCorrectionsAreFollowed() {
        makeCertain()
        for _ in 1...1000 {
            hands.pass(60, jump: 1)
            #expect(clock.look() == RemovalClock.Answer(now: hands.wall))
        }
    }
}
