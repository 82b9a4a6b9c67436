import Foundation
import Jobs
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import JobService

/// Recovery after the kernel killed the daemon for lack of memory, as opposed to a kill by hand.
@Suite("Kills for lack of memory", .hangLimit)
struct MemoryKillTests {
    private func admitted(_ daemon: DaemonHarness, _ names: [String]) async throws {
        for (number, name) in names.enumerated() {
            try daemon.drop(name, seed: number)
            try await daemon.admit(name, of: daemon.dropFolder())
        }
    }

    @Test("After the third kill the file is set aside; before, other files go first")
    func quarantine() async throws {
        let daemon = try await DaemonHarness()
        try await admitted(daemon, ["a.mp4", "b.mp4"])
        let settings = daemon.settings([daemon.dropFolder()])
        // A daemon that started, began the first job, and was killed.
        try await daemon.recovery(settings, memoryKills: ["/proc/vmstat": 7]).run()
        for kills in 1...2 {
            let job = try await daemon.store { ledger throws(LedgerError) in try ledger.claim() }
            #expect(job?.source.hasSuffix("a.mp4") == true)
            try await daemon.recovery(settings, memoryKills: ["/proc/vmstat": 7 + kills]).run()
            let jobs = try await daemon.store { ledger throws(LedgerError) in try ledger.jobs() }
            #expect(jobs[1].memoryEnds == kills && jobs[1].failure?.code == "memory")
            if kills == 1 {
                let next = try await daemon.store { ledger throws(LedgerError) in try ledger.claim() }
                #expect(next?.source.hasSuffix("b.mp4") == true)
                _ = try await daemon.store { ledger throws(LedgerError) in
                    try ledger.finish(next?.id ?? 0, warnings: [])
                }
            }
        }
        _ = try await daemon.store { ledger throws(LedgerError) in try ledger.claim() }
        try await daemon.recovery(settings, memoryKills: ["/proc/vmstat": 10]).run()
        let job = try await daemon.store { ledger throws(LedgerError) in try ledger.jobs()[1] }
        #expect(job.state == .quarantined)
        #expect(job.failure?.message.contains("lack of memory 3 times") == true, "\(job.failure?.message ?? "")")
        #expect(daemon.listing("failed") == ["a.mp4", "a.mp4.error.json"])
    }

    @Test("A kill by hand, a restart of the machine and a first start do not count")
    func others() throws {
        let folder = try TemporaryDirectory()
        let counts = ["/proc/vmstat": 3, "/sys/fs/cgroup/memory.events": 1]
        #expect(!MemoryKills(state: folder.path, counts: counts).hasKilled)
        try MemoryKills(state: folder.path, counts: counts).begin()
        #expect(!MemoryKills(state: folder.path, counts: counts).hasKilled)
        #expect(!MemoryKills(state: folder.path, counts: [:]).hasKilled)
        #expect(!MemoryKills(state: folder.path, counts: ["/proc/vmstat": 0]).hasKilled)
        #expect(!MemoryKills(state: folder.path, counts: ["/sys/fs/cgroup/other/memory.events": 9]).hasKilled)
        #expect(MemoryKills(state: folder.path, counts: ["/proc/vmstat": 4]).hasKilled)
        #expect(MemoryKills(state: folder.path, counts: ["/sys/fs/cgroup/memory.events": 2]).hasKilled)
        for text in ["", "nonsense", "-1\n", "99999999999999999999 /proc/vmstat\n", "x /proc/vmstat\n"] {
            try folder.write(Array(text.utf8), to: "memory-kills")
            #expect(!MemoryKills(state: folder.path, counts: counts).hasKilled)
        }
    }
}
