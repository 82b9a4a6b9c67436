import Foundation
import Testing

@testable import Daemon

@Suite struct JobTableTests {
    private func job(_ fields: String) throws -> JobRecord {
        let json = """
            {"id": 7, "state": "running", "watch": "inbox", "source": "/in/clip.mp4", "output": "/out/clip.saliency.mp4",
             "priority": 0, "attempts": 1, "progress": 0.625, "warnings": [], \(fields) "bytes": 1}
            """
        return try JobRecord.decoded(JobRecord.self, from: Data(json.utf8))
    }

    @Test func aLineAJob() throws {
        let text = JobTable.text([
            try job(#""frames_per_second": 99.6, "remaining_seconds": 2.1,"#),
            try job(#""failure": {"code": "notMedia", "message": "is no video"},"#),
        ])
        #expect(
            text == """
                job  state          watch  file
                7    running  62 %  inbox  clip.mp4  100 frames/s, 3 s left
                7    running  62 %  inbox  clip.mp4  is no video
                """)
        #expect(JobTable.text([]) == "no jobs")
    }

    @Test func detailsSayWhatThereIs() throws {
        let text = JobTable.details(try job(#""failure": {"code": "damaged", "message": "cut short"},"#))
        #expect(text.contains("failure: cut short (damaged)"))
        #expect(text.contains("output:  /out/clip.saliency.mp4"))
        #expect(!text.contains("running:"))
    }

    /// A file's name is whatever its maker wanted; it must not command the reader's terminal.
    @Test func namesCannotCommandATerminal() throws {
        let named = try job(#""failure": {"code": "x", "message": "a\u001b[2Jb\nc"},"#)
        for text in [JobTable.text([named], isHeaded: false), JobTable.details(named)] {
            #expect(!text.contains("\u{1B}"))
            #expect(text.contains("a?[2Jb?c"))
        }
    }

    @Test func anAnswerOfAnotherVersionIsSaidSo() {
        let failure = #expect(throws: CommandFailure.self) {
            try JobRecord.decoded(JobRecord.self, from: Data("{}".utf8))
        }
        #expect(failure?.status == .unavailable)
    }
}
