import CFFmpeg
import Files
import Glibc
import Media
import Testing

@Suite struct MediaErrorTests {
    @Test("The description is one sentence: the error, its place and FFmpeg's message")
    func sentence() {
        let error = MediaError(
            .damaged, "cannot be read", underlyingCode: saliency_averror(EIO), file: "a.mp4", stream: 2, time: 1.23456)
        #expect(error.description == "a.mp4: cannot be read, stream 2, at 1.235 s (Input/output error)")
        #expect(MediaError(.noVideo, "holds no video stream").description == "holds no video stream")
    }

    @Test("A location is added only to an error that has none")
    func located() {
        let error = MediaError(.damaged, "x", file: "a").located(file: "b", stream: 1)
        #expect(error.file == "a" && error.stream == 1 && error.time == nil)
    }

    @Test(
        "What the file system refused keeps its words and its number",
        arguments: [
            (FileError.Code.cannotOpen, MediaError.Code.cannotOpen), (.truncated, .damaged), (.exists, .outputExists),
            (.cannotWrite, .cannotWrite),
        ])
    func files(code: FileError.Code, expected: MediaError.Code) {
        let error = MediaError(FileError(code, "a", "cannot be written", systemError: ENOSPC))
        #expect(error.code == expected && error.file == "a" && error.systemError == ENOSPC)
        #expect(error.description == "a: cannot be written: No space left on device")
    }
}
