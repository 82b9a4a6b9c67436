import Foundation
import Testing

@testable import Daemon

@Suite struct JobListTextTests {
    private func job(_ fields: String) throws -> JobRecord {
        let json = """
            {"id": 7, "state": "running", "folder": "inbox", "source": "/in/clip.mp4", "output": "/out/clip.saliency.mp4",
             "priority": 0, "attempts": 1, "progress": 0.625, "warnings": [], \(fields) "bytes": 1}
            """
        return try JobRecord.decoded(JobRecord.self, from: Data(json.utf8))
    }

    @Test func oneLinePerJob() throws {
        let text = JobListText.text([
            try job(#""frames_per_second": 99.6, "remaining_seconds": 2.1,"#),
            try job(#""failure": {"code": "notMedia", "message": "is not a video"},"#),
        ])
        #expect(
            text == """
                job  state          folder  file
                7    running  62 %  inbox   clip.mp4  100 frames/s, 3 s left
                7    running  62 %  inbox   clip.mp4  is not a video
                """)
        #expect(JobListText.text([]) == "no jobs")
    }

    @Test func detailsShowAllFields() throws {
        let text = JobListText.details(try job(#""failure": {"code": "damaged", "message": "cut short"},"#))
        #expect(text.contains("failure: cut short (damaged)"))
        #expect(text.contains("output:  /out/clip.saliency.mp4"))
        #expect(!text.contains("running:"))
    }

    @Test func detailsShowTimesAndTheAnswer() throws {
        let done = try job(
            """
            "created_at": "2026-11-30T22:59:58.000Z", "started_at": "2026-11-30T23:00:01.500Z",
            "finished_at": "2026-11-30T23:01:30.999Z", "seconds": 89.4, "length": 12.48,
            "answer": {"class": 3, "label": "walking", "probability": 0.625},
            """)
        let zone = try #require(TimeZone(secondsFromGMT: -12_600))
        let text = JobListText.details(done, zone: zone)
        #expect(
            text.contains(
                """
                found:   2026-11-30 19:29:58 -0330
                began:   2026-11-30 19:30:01 -0330
                ended:   2026-11-30 19:31:30 -0330, took 1 min 29 s
                length:  12.4 s
                answer:  walking, 63 %
                """), "\(text)")
        let waiting = try job(#""retry_at": "2026-11-30T23:00:00.000Z", "answer": {"class": 3, "probability": 0.5},"#)
        #expect(JobListText.details(waiting, zone: .gmt).contains("again:   2026-11-30 23:00:00 +0000"))
        #expect(JobListText.details(waiting, zone: .gmt).contains("answer:  class 3, 50 %"))
    }

    /// A file name may contain anything; it must not control the reader's terminal.
    @Test func namesCannotCommandATerminal() throws {
        let named = try job(#""failure": {"code": "x", "message": "a\u001b[2Jb\nc"},"#)
        for text in [JobListText.text([named], isHeaded: false), JobListText.details(named)] {
            #expect(!text.contains("\u{1B}"))
            #expect(text.contains("a?[2Jb?c"))
        }
    }

    @Test func aResponseOfAnotherVersionIsReported() {
        let failure = #expect(throws: CommandFailure.self) {
            try JobRecord.decoded(JobRecord.self, from: Data("{}".utf8))
        }
        #expect(failure?.status == .unavailable)
    }
}
