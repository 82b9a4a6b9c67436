import Files
import Glibc
import Media
import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

@Suite struct JobVerdictTests {
    private func verdict(_ error: any Error, attempts: Int) -> JobVerdict {
        JobVerdict(error, attempts: attempts, dropFolder: nil)
    }

    @Test(arguments: [MediaError.Code.notMedia, .noVideo, .refused, .damaged])
    func inputErrorsAreNotRetried(_ code: MediaError.Code) {
        guard case .failed(let failure) = verdict(MediaError(code, "why", file: "clip.mp4"), attempts: 1) else {
            Issue.record("tried again")
            return
        }
        #expect(failure.code == code.rawValue)
        #expect(failure.message.contains("clip.mp4") && failure.message.contains("why"))
    }

    /// Until a person frees the disk, the number of attempts is unlimited, and no wait is longer than an hour.
    @Test(arguments: [ENOSPC, EDQUOT, EROFS, EACCES, ENOENT])
    func fullAndReadOnlyDisksAreAwaited(_ systemError: Int32) {
        let errors: [any Error] = [
            MediaError(.cannotWrite, "cannot be written", underlyingCode: -systemError),
            MediaError(FileError(.cannotWrite, "/out/a.json", "cannot be written", systemError: systemError)),
            FileError(.cannotWrite, "/out", "cannot be created", systemError: systemError),
            OutputFolderError(folder: "/out", action: "cannot be written", systemError: systemError),
        ]
        for error in errors {
            for attempts in [1, 2, 3, 10, 100, 1_000_000] {
                guard case .obstructed = verdict(error, attempts: attempts) else {
                    Issue.record("\(error): counted at attempt \(attempts)")
                    return
                }
            }
        }
        #expect([0, 1, 2, 9, 99, 1_000_000].map { JobVerdict.wait(after: $0, nil) } == [10, 20, 40, 3600, 3600, 3600])
    }

    @Test func otherErrorsAreRetriedALimitedNumberOfTimes() {
        let error = MediaError(.cannotOpen, "cannot be opened")
        #expect(verdict(error, attempts: 2) != verdict(error, attempts: 3))
        guard case .failed = verdict(error, attempts: 3) else {
            Issue.record("tried more than three times")
            return
        }
    }

    /// A share that is not mounted may return; a missing file may not.
    @Test func anUnreadableFolderIsAwaitedAndAMissingFileIsNot() {
        for attempts in [1, 3, 1_000_000] {
            guard case .again(let failure, _) = verdict(SourceError(.folder, "/in"), attempts: attempts) else {
                Issue.record("given up after \(attempts)")
                return
            }
            #expect(failure.code == "sourceFolder" && SourceError.meansMissing(failure.code))
        }
        for code in [SourceError.Code.gone, .replaced, .changed] {
            guard case .again = verdict(SourceError(code, "/in/a.mp4"), attempts: 2),
                case .failed(let failure) = verdict(SourceError(code, "/in/a.mp4"), attempts: 3)
            else {
                Issue.record("\(code)")
                return
            }
            #expect(failure.code == code.rawValue)
        }
    }
}
