import Glibc
import TestSupport
import Testing

@testable import Files

/// Our files in folders that other users may write to.
@Suite struct OwnFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write([7, 8], to: "secret")
        mkdir(directory.file("out"), 0o700)
        mkdir(directory.file("out/sub"), 0o700)
        try directory.write([1], to: "out/clip.mp4")
        try directory.write([2], to: "out/sub/clip.mp4")
    }

    private func bytes(_ path: String, below folder: String = "out") throws -> [UInt8] {
        try ReadableFile(own: directory.file(path), below: directory.file(folder)).contents(limit: 10)
    }

    private func refusal(_ path: String, below folder: String = "out") -> FileError? {
        #expect(throws: FileError.self) { try bytes(path, below: folder) }
    }

    @Test func ownFilesAreOpened() throws {
        #expect(try bytes("out/clip.mp4") == [1])
        #expect(try bytes("out/sub/clip.mp4") == [2])
        #expect(try bytes("out/clip.mp4", below: "out/") == [1])
        // A link to the folder itself was made by the administrator, and is followed.
        #expect(symlink("out", directory.file("link")) == 0)
        #expect(try bytes("link/clip.mp4", below: "link") == [1])
    }

    @Test func linksAreNotFollowed() throws {
        #expect(symlink("../secret", directory.file("out/link.mp4")) == 0)
        #expect(refusal("out/link.mp4")?.reason.contains("is a link") == true)
        #expect(symlink("sub", directory.file("out/other")) == 0)
        #expect(refusal("out/other/clip.mp4")?.reason.contains("its folder") == true)
        #expect(symlink("nowhere", directory.file("out/dangling.mp4")) == 0)
        #expect(refusal("out/dangling.mp4")?.reason.contains("is a link") == true)
    }

    @Test func nothingElseIsOpened() throws {
        #expect(mkfifo(directory.file("out/pipe"), 0o600) == 0)
        #expect(refusal("out/pipe")?.reason == "is not a regular file")
        #expect(refusal("out/sub")?.reason == "is not a regular file")
        for path in ["out/../secret", "secret", "out", "out/", "out//clip.mp4", "out/./clip.mp4", "outside/clip.mp4"] {
            #expect(refusal(path)?.reason.contains("does not lie below") == true, "\(path)")
        }
        #expect(refusal("out/none.mp4")?.reason.contains("No such file") == true)
        #expect(refusal("out/none/clip.mp4")?.reason.contains("No such file") == true)
        #expect(refusal("none/clip.mp4", below: "none")?.reason.contains("No such file") == true)
    }

    @Test(.enabled(if: geteuid() == 0, "only root may give files away"))
    func filesOfOthersAreNotOpened() throws {
        #expect(chown(directory.file("out/clip.mp4"), 12_345, 12_345) == 0)
        #expect(refusal("out/clip.mp4")?.reason.contains("belongs to user 12345") == true)
    }
}
