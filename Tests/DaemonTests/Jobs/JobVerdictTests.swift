import Decode
import Glibc
import Testing

@testable import Daemon

@Suite struct JobVerdictTests {
    private func verdict(_ error: any Error, attempts: Int) -> JobVerdict {
        JobVerdict(error, attempts: attempts, watch: nil)
    }

    @Test(arguments: [MediaError.Code.notMedia, .noVideo, .refused, .damaged])
    func whatIsWrongWithTheInputStaysWrong(_ code: MediaError.Code) {
        guard case .failed(let failure) = verdict(MediaError(code, "why", file: "clip.mp4"), attempts: 1) else {
            Issue.record("tried again")
            return
        }
        #expect(failure.code == code.rawValue)
        #expect(failure.message.contains("clip.mp4") && failure.message.contains("why"))
    }

    /// A person frees the disk some day; until then no number of attempts is too many, and no wait is longer than an hour.
    @Test(arguments: [ENOSPC, EDQUOT, EROFS, EACCES, ENOENT])
    func fullAndLockedDisksAreWaitedFor(_ systemError: Int32) {
        let error = MediaError(.cannotWrite, "cannot be written", underlyingCode: -systemError)
        var waits: [Double] = []
        for attempts in [1, 2, 3, 10, 100, 1_000_000] {
            guard case .again(_, let wait) = verdict(error, attempts: attempts) else {
                Issue.record("given up after \(attempts)")
                return
            }
            waits.append(wait)
        }
        #expect(waits == [10, 20, 40, 3600, 3600, 3600])
    }

    @Test func whatMayPassIsTriedSoManyTimes() {
        let error = MediaError(.cannotOpen, "cannot be opened")
        #expect(verdict(error, attempts: 2) != verdict(error, attempts: 3))
        guard case .failed = verdict(error, attempts: 3) else {
            Issue.record("tried more than three times")
            return
        }
    }
}
