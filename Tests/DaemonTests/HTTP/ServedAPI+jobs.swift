import Foundation
import Jobs
import TestSupport

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

extension ServedAPI {
    /// Admits a job whose content is `number`.
    @discardableResult func admit(_ number: Int, dropFolder: String? = "inbox", priority: Int = 0) async throws -> Job {
        let request = JobRequest(
            key: JobKey(content: "content \(number)", model: Self.modelHash, options: #"{"container":"mp4"}"#),
            bytes: 1000, dropFolder: dropFolder, source: "/in/\(number).mp4",
            output: folder.file("\(number).saliency.mp4"),
            priority: priority)
        return try await store { ledger throws(LedgerError) in try ledger.admit(request).job }
    }

    /// Starts the next job.
    func claim() async throws -> Job? {
        try await store { ledger throws(LedgerError) in try ledger.claim() }
    }

    @discardableResult func finish(_ id: Job.ID, warnings: [String] = []) async throws -> Job {
        try await store { ledger throws(LedgerError) in try ledger.finish(id, warnings: warnings) }
    }

    @discardableResult func fail(_ id: Job.ID) async throws -> Job {
        try await store { ledger throws(LedgerError) in
            try ledger.fail(id, JobFailure(code: "damaged", message: "The file ends at 3 s."), retryAt: nil)
        }
    }

    /// A job that is done, with a video of these bytes, captions and a record.
    func doneJob(_ number: Int = 1, video: [UInt8] = Array("0123456789".utf8)) async throws -> Job {
        let job = try await admit(number)
        _ = try await claim()
        try folder.write(video, to: "\(number).saliency.mp4")
        try folder.write(Array("{\"windows\":[]}".utf8), to: "\(number).saliency.json")
        try folder.write(Array("WEBVTT\n".utf8), to: "\(number).saliency.vtt")
        let result = JobResult(
            length: 12.5, seconds: 3.25, answer: JobResult.Prediction(label: "right", index: 1, probability: 0.75))
        return try await store { ledger throws(LedgerError) in
            try ledger.finish(job.id, warnings: [], result: result)
        }
    }
}
