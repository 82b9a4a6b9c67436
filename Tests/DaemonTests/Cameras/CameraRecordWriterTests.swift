import Foundation
import Pipeline
import Telemetry
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration

@Suite(.hangLimit) struct CameraRecordWriterTests {
    private let folder: TemporaryDirectory
    private let log = CollectedLog()

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func journal(_ path: String) -> CameraRecordWriter {
        CameraRecordWriter(camera: "gate", path: path, warnings: RepeatedWarnings(logger: log.logger))
    }

    @Test func everyEntryIsALine() async throws {
        let journal = journal(folder.file("record"))
        journal.add(StreamDiscontinuity(.began, connection: 3, time: 1_800_000_000))
        journal.add(.sample(at: 1, class: 2, mass: 0.5, connection: 3, stride: nil))
        journal.add(StreamDiscontinuity(.gap, connection: 3, time: 1_800_000_002))
        journal.add(
            StreamDiscontinuity(.ended, connection: 3, time: 1_800_000_003.5, reason: "a \"reason\"\nof two lines"))
        journal.finish()
        await journal.run()
        let lines = try RecordLine.read(folder.file("record"))
        #expect(lines.map(\.kind) == ["began", "window", "gap", "ended"])
        #expect(lines.allSatisfy { $0.camera == "gate" && $0.connection == 3 })
        #expect(lines[0].time == "2027-01-15T08:00:00.000Z" && lines[0].reason == nil)
        #expect(lines[1].start == "2027-01-15T08:00:01.000Z" && lines[1].end == "2027-01-15T08:00:02.000Z")
        #expect(lines[1].sourceStart == 1 && lines[1].sourceEnd == 2 && lines[1].label == "class 2")
        #expect(lines[3].time == "2027-01-15T08:00:03.500Z" && lines[3].reason == "a \"reason\"\nof two lines")
    }

    @Test func aWindowLineHasZonesByName() async throws {
        let journal = journal(folder.file("record"))
        journal.add(.sample(at: 0, shares: ["backDoor": 0.5, "yard_2": 0]))
        journal.add(.sample(at: 1))
        journal.finish()
        await journal.run()
        let lines = CameraMaterial.lines(folder.file("record"))
        let zones = #""zones":{"backDoor":{"area":0.25,"share":0.5},"yard_2":{"area":0.25,"share":0}}"#
        #expect(lines.first?.contains(zones) == true, "\(lines)")
        #expect(lines.count == 2 && !lines[1].contains("zones"))
    }

    /// While nothing can be written, the newest thousand lines are kept.
    @Test func waitingLinesAreBounded() async throws {
        let journal = journal(folder.file("record"))
        for number in 0..<1500 { journal.add(.sample(at: Double(number))) }
        journal.finish()
        await journal.run()
        let lines = try RecordLine.read(folder.file("record"))
        #expect(lines.compactMap(\.sourceStart) == (500..<1500).map(Double.init))
    }

    @Test func anUnwritableFileIsReportedOnce() async throws {
        let journal = journal(folder.file("none/record"))
        for number in 0..<5 { journal.add(.sample(at: Double(number))) }
        journal.finish()
        await journal.run()
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.contains("gate: the record is not written: \(folder.file("none/record"))") == true)
    }
}
