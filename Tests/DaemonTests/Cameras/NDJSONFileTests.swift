import Files
import Foundation
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import Events

@Suite struct NDJSONFileTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func text(_ name: String) throws -> String { String(decoding: try folder.bytes(of: name), as: UTF8.self) }

    @Test(arguments: [true, false]) func linesAreAppended(isSynced: Bool) async throws {
        try folder.write(Array("before\n".utf8), to: "lines")
        let file = NDJSONFile(path: folder.file("lines"), isSynced: isSynced)
        for line in ["one", "", "three"] { try await file.append(Array(line.utf8)) }
        #expect(try text("lines") == "before\none\n\nthree\n")
    }

    @Test func aFileThatIsMovedAwayIsFollowedByANewOne() async throws {
        let file = NDJSONFile(path: folder.file("lines"), isSynced: false)
        try await file.append(Array("one".utf8))
        try FileManager.default.moveItem(atPath: folder.file("lines"), toPath: folder.file("lines.1"))
        try await file.append(Array("two".utf8))
        try FileManager.default.removeItem(atPath: folder.file("lines"))
        try await file.append(Array("three".utf8))
        #expect(try text("lines.1") == "one\n" && text("lines") == "three\n")
    }

    /// Writing works again as soon as the folder exists again.
    @Test func failedWritesAreRetried() async throws {
        let file = NDJSONFile(path: folder.file("later/lines"), isSynced: true)
        let error = await #expect(throws: FileError.self) { try await file.append([1]) }
        #expect(error?.path == folder.file("later/lines"))
        try FileManager.default.createDirectory(atPath: folder.file("later"), withIntermediateDirectories: false)
        try await file.append(Array("now".utf8))
        #expect(try text("later/lines") == "now\n")
    }

    @Test func otherThanRegularFilesAreRejected() async throws {
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        for path in ["/dev/full", folder.path, folder.file("pipe")] {
            await #expect(throws: FileError.self) { try await NDJSONFile(path: path, isSynced: false).append([1]) }
        }
    }
}
