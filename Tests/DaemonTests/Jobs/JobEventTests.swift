import Foundation
import Jobs
import TestSupport
import Testing

@testable import Daemon
@testable import DaemonConfiguration
@testable import Events
@testable import JobService

@Suite struct JobEventTests {
    /// An ended job with all possible values.
    static func job(_ state: JobState = .done) throws -> Job {
        let folder = try TemporaryDirectory()
        defer { withExtendedLifetime(folder) {} }
        let ledger = try Ledger(
            path: folder.file("ledger.sqlite"), now: { Date(timeIntervalSince1970: 1_795_703_381.25) })
        let key = JobKey(content: "c", model: "m", options: "{}")
        let id = try ledger.admit(
            JobRequest(key: key, bytes: 1, dropFolder: "in", source: "/in/a b.mp4", output: "/out/a b.saliency.mp4")
        ).job.id
        _ = try ledger.claim()
        let failure = JobFailure(code: "damaged", message: "cut \"short\"")
        switch state {
        case .failed: return try ledger.fail(id, failure, retryAt: nil)
        case .quarantined: return try ledger.crash(id, failure, maximumCrashes: 1)
        case .cancelled: return try ledger.cancel(id)
        default:
            return try ledger.finish(
                id, warnings: ["w1", "w2"],
                result: JobResult(
                    length: 12.5, seconds: 3.25,
                    answer: JobResult.Prediction(label: "walking", index: 3, probability: 0.625)))
        }
    }

    @Test func aDoneJobAsJSON() throws {
        let event = try #require(JobEvent(Self.job()))
        #expect(
            String(decoding: event.json(), as: UTF8.self)
                == #"{"attempts":1,"captions":"/out/a b.saliency.vtt","class":3,"folder":"in","id":"job-1-1795703381250","job":1,"#
                + #""label":"walking","length":12.5,"output":"/out/a b.saliency.mp4","probability":0.625,"#
                + #""record":"/out/a b.saliency.json","seconds":3.25,"source":"/in/a b.mp4","state":"done","#
                + #""time":"2026-11-26T14:29:41.250Z","unix":1795703381.25,"warnings":["w1","w2"]}"#)
    }

    @Test(arguments: [JobState.failed, .quarantined]) func aFailedJobHasItsReason(_ state: JobState) throws {
        let event = try #require(JobEvent(Self.job(state)))
        #expect(event.state == state && event.code == "damaged" && event.message == "cut \"short\"")
        #expect(event.output == nil && event.record == nil && event.captions == nil && event.label == nil)
    }

    /// Body and environment use the same names, and the documentation has a line for each.
    @Test func theEnvironmentHasWhatTheBodyHas() throws {
        var event = try #require(JobEvent(Self.job()))
        (event.code, event.message) = ("c", "m")
        let body = try #require(JSONSerialization.jsonObject(with: Data(event.json())) as? [String: Any])
        let environment = EventHook<JobEvent>.environment(of: event, searchPath: "/bin")
        let prefix = "SALIENCYD_EVENT_"
        #expect(environment["PATH"] == "/bin")
        #expect(Set(environment.keys.filter { $0 != "PATH" }) == Set(body.keys.map { prefix + $0.uppercased() }))
        #expect(environment[prefix + "WARNINGS"] == "2" && environment[prefix + "SOURCE"] == "/in/a b.mp4")
        let root = GoldenMaterial.directory.deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/daemon.md"), encoding: .utf8)
        for name in body.keys {
            #expect(page.contains("`\(name)`") && page.contains("_\(name.uppercased())`"), "\(name)")
        }
    }
}
