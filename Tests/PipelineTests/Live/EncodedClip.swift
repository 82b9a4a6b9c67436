import Decode
import Encode
import TestSupport

/// Frames from a live encoder, with a wall clock that begins at `start`.
struct EncodedClip {
    static let start = 1_800_000_000.0

    let stream: LiveStream
    let frames: [EncodedFrame]

    /// - Parameter keyInterval: the number of frames from one key frame to the next.
    init(_ folder: TemporaryDirectory, frames count: Int, keyInterval: Int) throws {
        let path = folder.file("source-\(count).mp4")
        try MediaFactory.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25", "-frames:v", "\(count)", path])
        let source = try VideoFileSource(path)
        let encoder = try LiveEncoder(
            source: source.properties, settings: VideoSettings(preset: .ultrafast, threads: 1), name: "gate")
        let maker = CanvasMaker(format: encoder.format)
        var frames: [EncodedFrame] = []
        while let item = try source.next() {
            guard case .frame(let frame) = item else { continue }
            frames += try encoder.encode(
                maker.canvas(of: frame), wallClock: Self.start + frame.time, isKeyFrame: frame.index % keyInterval == 0)
        }
        self.frames = frames + (try encoder.finish())
        stream = encoder.stream
    }
}
