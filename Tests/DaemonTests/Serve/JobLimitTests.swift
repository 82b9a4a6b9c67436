import Foundation
import Jobs
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// Limits for one job.
@Suite("Limits of a job", .hangLimit)
struct JobLimitTests {
    @Test("A video longer than longest-video fails immediately, and its source is set aside")
    func longestVideo() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("long.mp4", frames: 100)
        try await daemon.running(daemon.settings([daemon.dropFolder { $0.longestVideo = 3 }])) { _ in
            let jobs = try await daemon.jobs { $0.first?.state == .failed && $0[0].source.contains("failed/") }
            #expect(jobs[0].failure?.code == "refused" && jobs[0].attempts == 1)
            #expect(jobs[0].failure?.message.contains("4 s long or longer, and longest-video allows 3 s") == true)
            try daemon.drop("short.mp4", frames: 50)
            try await daemon.jobs { $0.count == 2 && $0[1].state == .done }
        }
    }

    /// If the container does not state its length, the frames are counted.
    @Test("A video that does not state its length is not read beyond the limit either")
    func unstatedLength() async throws {
        let daemon = try await DaemonHarness()
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25", "-frames:v", "100", "-c:v", "mjpeg", "-f", "mjpeg",
            daemon.root.file("in/.long.part"),
        ])
        try FileManager.default.moveItem(
            atPath: daemon.root.file("in/.long.part"), toPath: daemon.root.file("in/long.mjpeg"))
        try await daemon.running(daemon.settings([daemon.dropFolder { $0.longestVideo = 3 }])) { _ in
            let jobs = try await daemon.jobs(1, .failed)
            #expect(jobs[0].failure?.message.contains("longest-video allows 3 s") == true)
        }
        #expect(daemon.listing("out") == [])
    }

    @Test("A job that takes longer than job-timeout fails, and the next one runs")
    func timeout() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("slow.mp4", frames: 5000)
        try await daemon.running(daemon.settings([daemon.dropFolder { $0.jobTimeout = 0.5 }])) { services in
            let jobs = try await daemon.jobs { $0.first?.state == .failed && $0[0].source.contains("failed/") }
            #expect(jobs[0].failure?.code == "timeout" && jobs[0].attempts == 1)
            services.supervisor.replace([daemon.dropFolder()])
            try daemon.drop("quick.mp4", seed: 1)
            try await daemon.jobs { $0.count == 2 && $0[1].state == .done }
        }
        #expect(daemon.listing("out").filter { $0.contains("slow") } == [])
        #expect(daemon.listing("failed") == ["slow.mp4", "slow.mp4.error.json"])
    }

    @Test("A file larger than largest-file is left in place and does not become a job")
    func largestFile() async throws {
        let daemon = try await DaemonHarness()
        try daemon.drop("a-large.mp4", frames: 200)
        try daemon.drop("b-small.mp4", frames: 2, seed: 1)
        let size = try daemon.root.bytes(of: "in/a-large.mp4").count
        try await daemon.running(daemon.settings([daemon.dropFolder { $0.largestFile = size - 1 }])) { _ in
            let jobs = try await daemon.jobs(1, .done)
            #expect(jobs[0].source.hasSuffix("b-small.mp4"))
        }
        #expect(daemon.listing("in") == ["a-large.mp4", "b-small.mp4"])
    }
}
