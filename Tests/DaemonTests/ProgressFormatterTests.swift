import Pipeline
import Testing

@testable import Daemon

@Suite struct ProgressFormatterTests {
    private let progress = JobProgress(
        frames: 146, totalFrames: 280, windows: 4, mediaSeconds: 5.2, elapsedSeconds: 18.5)

    @Test func showsTheMostImportantFigures() {
        #expect(
            ProgressFormatter.text(progress, columns: 120)
                == "[############------------]  52 %  ETA 0:17  146/280 frames  7.9 fps  0.28x  4 windows")
        #expect(ProgressFormatter.text(progress, columns: 80).hasSuffix("4 windows"))
        #expect(ProgressFormatter.text(progress, columns: 40).hasPrefix(" 52 %  ETA 0:17  146/280 frames"))
    }

    @Test(arguments: [20, 40, 80]) func fitsTheTerminal(_ columns: Int) {
        #expect(ProgressFormatter.text(progress, columns: columns).count < max(columns, 21))
        var busy = progress
        busy.activity = "window 3 of 9: integrated-gradients:steps=200 40 %"
        #expect(ProgressFormatter.text(busy, columns: columns).count < max(columns, 21))
    }

    @Test func showsAnActivity() {
        var busy = progress
        busy.activity = "window 3 of 9: guided-ig 40 %"
        #expect(
            ProgressFormatter.text(busy, columns: 120)
                == "[############------------]  52 %  ETA 0:17  window 3 of 9: guided-ig 40 %")
        // All frames are written, so they do not predict the remaining time.
        busy.frames = 280
        busy.activity = "trust in window 1 of 1: random order"
        #expect(
            ProgressFormatter.text(busy, columns: 120)
                == "[########################] 100 %  trust in window 1 of 1: random order")
        #expect(
            ProgressFormatter.json(busy, isLast: false).contains(#""activity":"trust in window 1 of 1: random order""#))
        #expect(!ProgressFormatter.json(progress, isLast: false).contains("activity"))
    }

    @Test func worksWithoutALength() {
        let unknown = JobProgress(frames: 3, totalFrames: nil, windows: 0, mediaSeconds: 0.1, elapsedSeconds: 1)
        #expect(ProgressFormatter.text(unknown, columns: 120) == "3 frames  3.0 fps  0.10x  0 windows")
    }

    @Test(arguments: [
        ("clip.mp4", "clip.saliency.mp4"), ("dir/a.b.mkv", "dir/a.b.saliency.mp4"), ("frames", "frames.saliency.mp4"),
        ("/x/frames/", "/x/frames.saliency.mp4"),
    ])
    func namesTheOutputAfterTheInput(_ input: String, _ output: String) {
        #expect(OutputLocation.beside(input, "saliency") == output)
    }
}

@Suite struct TransferFormatterTests {
    private let progress = TransferProgress(
        file: "model.ckpt.index", bytes: 26_400_000, totalBytes: 50_800_000, fetchedBytes: 16_200_000, elapsedSeconds: 2
    )

    @Test func showsTheProgress() {
        #expect(
            TransferFormatter.text(progress, columns: 120)
                == "[############------------]  51 %  26.4 MB of 50.8 MB  8.1 MB/s  ETA 0:04  model.ckpt.index")
        #expect(TransferFormatter.text(progress, columns: 40).count < 40)
    }

    @Test func worksWithoutATotal() {
        let unknown = TransferProgress(
            file: "a", bytes: 999, totalBytes: nil, fetchedBytes: 999, elapsedSeconds: 1)
        #expect(TransferFormatter.text(unknown, columns: 120) == "999 B  999 B/s  a")
        #expect(!TransferFormatter.json(unknown, isLast: true).contains("total_bytes"))
    }
}
