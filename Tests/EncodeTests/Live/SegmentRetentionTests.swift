import Files
import Foundation
import Media
import TestSupport
import Testing

@testable import Encode

@Suite struct SegmentRetentionTests {
    let directory: TemporaryDirectory
    /// 2027-01-15T08:00:00Z
    let now = LiveMaterial.noon

    init() throws {
        directory = try TemporaryDirectory()
    }

    func settings(age: Double? = nil, bytes: Int? = nil) -> SegmentSettings {
        SegmentSettings(
            folder: directory.path, length: 60, name: "gate", maximumAge: age, maximumBytes: bytes)
    }

    /// Makes files of `bytes` bytes, with their folders, last modified at `written`: by default long ago.
    func make(_ names: String..., bytes: Int = 100, written: Double = 0) throws {
        for name in names {
            let folder = (directory.file(name) as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try directory.write([UInt8](repeating: 7, count: bytes), to: name)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: written)], ofItemAtPath: directory.file(name))
        }
    }

    /// Every file, folder and link below the folder.
    var everything: [String] { (FileManager.default.subpaths(atPath: directory.path) ?? []).sorted() }

    @Test func byAge() throws {
        try make(
            "2027-01-13/gate-20270113T080000Z.mp4", "2027-01-14/gate-20270114T075858Z.mp4",
            "2027-01-14/gate-20270114T075900Z.mp4", "2027-01-14/gate-20270114T075901Z.mp4",
            "2027-01-15/gate-20270115T075900Z.mp4")
        // A file's age is counted from its end, a minute after its beginning.
        let removal = try SegmentRetention(settings(age: 86_400)).apply(now: now)
        #expect(
            removal.paths
                == ["2027-01-13/gate-20270113T080000Z.mp4", "2027-01-14/gate-20270114T075858Z.mp4"].map(directory.file))
        #expect(removal.bytes == 200 && removal.failures.isEmpty)
        // The day's empty folder is removed as well.
        #expect(
            everything == [
                "2027-01-14", "2027-01-14/gate-20270114T075900Z.mp4", "2027-01-14/gate-20270114T075901Z.mp4",
                "2027-01-15", "2027-01-15/gate-20270115T075900Z.mp4",
            ])
        #expect(try SegmentRetention(settings(age: 86_400)).apply(now: now) == SegmentRetention.Removal())
    }

    @Test func bySize() throws {
        try make(
            "2027-01-14/gate-20270114T080000Z.mp4", "2027-01-14/gate-20270114T080000Z-2.mp4",
            "2027-01-14/gate-20270114T080000Z-10.mp4", "2027-01-15/gate-20270115T075900Z.mp4")
        let removal = try SegmentRetention(settings(bytes: 250)).apply(now: now)
        #expect(
            removal.paths
                == ["2027-01-14/gate-20270114T080000Z.mp4", "2027-01-14/gate-20270114T080000Z-2.mp4"]
                .map(directory.file))
        #expect(try SegmentRetention(settings(bytes: 200)).apply(now: now).paths.isEmpty)
    }

    /// Names from a camera's clock that was in 1970, and from a clock of this machine that was two days ahead.
    @Test func wrongNameDoesNotAgeAFile() throws {
        try make("1970-01-02/gate-19700102T000010Z.mp4", written: now - 3600)
        try make("2027-01-15/gate-20270115T075900Z.mp4", written: now)
        #expect(try SegmentRetention(settings(age: 86_400)).apply(now: now).paths.isEmpty)
        // Nor is such a file removed before older ones.
        try make("2027-01-15/gate-20270115T050000Z.mp4", written: now - 3 * 3600)
        let removal = try SegmentRetention(settings(bytes: 250)).apply(now: now)
        #expect(removal.paths == [directory.file("2027-01-15/gate-20270115T050000Z.mp4")])
        #expect(removal.tooOld == 0)
        let later = try SegmentRetention(settings(age: 86_400)).apply(now: now + 86_400)
        #expect(later.paths == [directory.file("1970-01-02/gate-19700102T000010Z.mp4")] && later.tooOld == 1)
    }

    @Test func wrongModificationTimeDoesNotAgeAFile() throws {
        try make("2027-01-15/gate-20270115T070000Z.mp4", "2027-01-15/gate-20270115T075900Z.mp4", written: 0)
        #expect(try SegmentRetention(settings(age: 86_400)).apply(now: now).paths.isEmpty)
    }

    @Test func nothingIsTooOldAtAnUncertainTime() throws {
        try make(
            "2026-01-13/gate-20260113T080000Z.mp4", "2026-01-14/gate-20260114T080000Z.mp4",
            "2027-01-15/gate-20270115T075900Z.mp4")
        try FileManager.default.createDirectory(
            atPath: directory.file("2026-01-01"), withIntermediateDirectories: false)
        #expect(try SegmentRetention(settings(age: 1)).apply(now: nil).paths.isEmpty)
        #expect(everything.contains("2026-01-01"))
        // Files beyond the limit of bytes are removed at any time.
        let removal = try SegmentRetention(settings(age: 1, bytes: 250)).apply(now: nil)
        #expect(removal.paths == [directory.file("2026-01-13/gate-20260113T080000Z.mp4")])
    }

    @Test func newestFileIsKept() throws {
        try make("2027-01-01/gate-20270101T000000Z.mp4", "2027-01-01/gate-20270101T000100Z.mp4")
        let removal = try SegmentRetention(settings(age: 1, bytes: 0)).apply(now: now)
        #expect(removal.paths == [directory.file("2027-01-01/gate-20270101T000000Z.mp4")])
        #expect(everything == ["2027-01-01", "2027-01-01/gate-20270101T000100Z.mp4"])
    }

    @Test func otherFilesAreKept() throws {
        let elsewhere = try TemporaryDirectory()
        try elsewhere.write([1], to: "gate-20261231T000000Z.mp4")
        let foreign = [
            // Another camera whose name begins with this one's, names that nearly match, and a folder of another day.
            "2027-01-01/gate-2-20270101T000000Z.mp4", "2027-01-01/gate-20270101T000000Z.mkv",
            "2027-01-01/gate-20270101T000000.mp4", "2027-01-01/gate-20270101T250000Z.mp4",
            "2027-01-01/gate-20270101T000000Z-1.mp4", "2027-01-01/gate-20270101T000000Z-02.mp4",
            "2027-01-01/gate-20270101T000000Z-a.mp4", "2027-01-01/xgate-20270101T000000Z.mp4",
            "2027-01-01/gate-20270102T000000Z.mp4", "2027-13-01/gate-20270101T000000Z.mp4",
            "gate-20270101T000000Z.mp4", "films/gate-20270101T000000Z.mp4", "2027-01-01/deep/gate-20270101T000000Z.mp4",
        ]
        for name in foreign { try make(name) }
        try make("2027-01-01/gate-20270101T000001Z.mp4", "2027-01-15/gate-20270115T075900Z.mp4")
        let files = FileManager.default
        // Links with matching names, and a link in place of a day's folder.
        try files.createSymbolicLink(
            atPath: directory.file("2027-01-01/gate-20270101T000002Z.mp4"),
            withDestinationPath: elsewhere.file("gate-20261231T000000Z.mp4"))
        try files.createSymbolicLink(
            atPath: directory.file("2026-12-31"), withDestinationPath: elsewhere.path)
        try files.createDirectory(
            atPath: directory.file("2027-01-01/gate-20270101T000003Z.mp4"), withIntermediateDirectories: false)
        let before = everything
        let removal = try SegmentRetention(settings(age: 1, bytes: 0)).apply(now: now)
        #expect(removal.paths == [directory.file("2027-01-01/gate-20270101T000001Z.mp4")])
        #expect(everything == before.filter { $0 != "2027-01-01/gate-20270101T000001Z.mp4" })
        #expect(try elsewhere.bytes(of: "gate-20261231T000000Z.mp4") == [1])
    }

    @Test func recentEmptyDaysAreKept() throws {
        for day in ["2027-01-13", "2027-01-14", "2027-01-15", "holidays"] {
            try FileManager.default.createDirectory(
                atPath: directory.file(day), withIntermediateDirectories: false)
        }
        _ = try SegmentRetention(settings(age: 1)).apply(now: now)
        #expect(everything == ["2027-01-14", "2027-01-15", "holidays"])
    }

    @Test func leftoversOfAKilledProcessAreRemoved() throws {
        let own = TemporaryName.path(for: "2027-01-15/gate-20270115T075900Z.mp4")
        let second = TemporaryName.path(for: "2027-01-14/gate-20270114T075900Z-2.mp4")
        let others = [
            TemporaryName.path(for: "2027-01-15/yard-20270115T075900Z.mp4"),
            TemporaryName.path(for: "2027-01-15/gate.mp4"), TemporaryName.path(for: "gate-20270115T075900Z.mp4"),
            "2027-01-15/.gate-20270115T075900Z.mp4.xyz\(TemporaryName.suffix)", "2027-01-15/gate-20270115T075900Z.mp4",
        ]
        for name in [own, second] + others { try make(name) }
        #expect(try SegmentRetention(settings()).removeStaged().sorted() == [second, own].map(directory.file).sorted())
        for name in others { #expect(FileManager.default.fileExists(atPath: directory.file(name))) }
        #expect(try SegmentRetention(settings()).removeStaged().isEmpty)
    }

    @Test func removedFolder() throws {
        let retention = SegmentRetention(SegmentSettings(folder: directory.file("none"), name: "gate"))
        #expect(throws: MediaError.self) { try retention.apply(now: now) }
        #expect(throws: MediaError.self) { try retention.removeStaged() }
    }

    @Test func timesAreUTC() {
        for (seconds, compact, iso) in [
            (0.0, "19700101T000000Z", "1970-01-01T00:00:00.000Z"),
            (1_709_209_799.9996, "20240229T122959Z", "2024-02-29T12:29:59.999Z"),
            (LiveMaterial.noon + 0.25, "20270115T080000Z", "2027-01-15T08:00:00.250Z"),
            (-5, "19700101T000000Z", "1970-01-01T00:00:00.000Z"),
            (.infinity, "99991231T235959Z", "9999-12-31T23:59:59.000Z"),
            (.nan, "19700101T000000Z", "1970-01-01T00:00:00.000Z"),
        ] {
            #expect(UTCTime(seconds).compact == compact)
            #expect(UTCTime(seconds).iso8601 == iso)
        }
        #expect(UTCTime(compact: "20270115T080000Z")?.seconds == LiveMaterial.noon)
        for text in [
            "20270229T080000Z", "20270115T080060Z", "20270115T080000", "2027011５T080000Z", "20270115 080000Z", "",
        ] {
            #expect(UTCTime(compact: text) == nil)
        }
    }
}
