import Testing

@testable import Pipeline

@Suite struct JobProgressTests {
    @Test func estimatesSpeedAndRemainingTime() {
        let progress = JobProgress(frames: 50, totalFrames: 200, windows: 3, mediaSeconds: 2, elapsedSeconds: 10)
        #expect(progress.framesPerSecond == 5)
        #expect(progress.speed == 0.2)
        #expect(progress.fraction == 0.25)
        #expect(progress.remainingSeconds == 30)
    }

    @Test func estimatesNothingWithoutData() {
        let unknown = JobProgress(frames: 5, totalFrames: nil, windows: 0, mediaSeconds: 0, elapsedSeconds: 0)
        #expect(unknown.fraction == nil)
        #expect(unknown.remainingSeconds == nil)
        #expect(unknown.framesPerSecond == 0)
        // A container may state fewer frames than come.
        let more = JobProgress(frames: 12, totalFrames: 10, windows: 1, mediaSeconds: 1, elapsedSeconds: 1)
        #expect(more.fraction == 1)
        #expect(more.remainingSeconds == 0)
    }
}
