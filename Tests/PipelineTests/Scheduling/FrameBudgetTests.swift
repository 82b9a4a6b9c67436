import CFFmpeg
import Decode
import Foundation
import Media
import TestSupport
import Testing

@testable import Pipeline

/// The memory limit for a job's frames.
@Suite("Memory for frames")
struct FrameRoomTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func annotate(_ input: String, limit: Int) async throws -> AnnotateOutcome {
        let request = AnnotateRequest(input: input, output: folder.file("out.mp4"))
        return try await AnnotateJob(
            request: request, model: try await TinyModel.load(), frameLimit: limit
        ).run()
    }

    @Test("A clip whose frames cannot fit is refused at its first frame, with the needed and the allowed memory")
    func refusal() async throws {
        let input = folder.file("large.mp4")
        try MediaFactory.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=640x480:r=25", "-frames:v", "40", "-pix_fmt", "yuv420p", input,
        ])
        let error = await #expect(throws: MediaError.self) { try await annotate(input, limit: 10_000_000) }
        #expect(error?.code == .refused)
        let reason = error?.reason ?? ""
        #expect(reason.contains("640x480") && reason.contains("10 MB are allowed"), "\(reason)")
        #expect(reason.contains("engine.frame-memory"))
        #expect(try folder.listing() == ["large.mp4"])
        // 460,800 bytes each: 12 frames that wait for a window of 8 and a stride of 4, and the codecs' frames.
        let need = 460_800 * (12 + FrameBudget.heldByCodecs)
        let outcome = try await annotate(input, limit: need * 4 / 3)
        #expect(outcome.sidecar.source.frames == 40)
    }

    /// The container states this frame rate, and there are far more frames.
    @Test("A source with more frames than it states fails once they no longer fit")
    func lie() throws {
        var room = FrameBudget(limit: 64_000 * (FrameBudget.heldByCodecs + 5))
        let properties = SourceProperties(
            name: "lie.mp4", container: "mov", codec: "h264", width: 160, height: 100, timeBase: Rational(1, 1000),
            averageFrameRate: Rational(1, 10))
        let manifest = ModelManifestSample.tiny
        let source = OpenedSource(
            properties: properties, sampling: try ResolvedSampling(SamplingRequest(), manifest: manifest),
            mapping: try ClipWindow(
                source: properties, sampling: try ResolvedSampling(SamplingRequest(), manifest: manifest)
            ).mapping)
        var taken = 0
        let error = #expect(throws: MediaError.self) {
            for index in 0..<100 {
                let buffer = try FrameBuffer.allocate(width: 160, height: 100, format: AV_PIX_FMT_YUV420P)
                try room.reserve(
                    VideoFrame(buffer: buffer, index: index, pts: Int64(index), duration: 1, time: Double(index) / 100),
                    source: source)
                taken += 1
            }
        }
        #expect(error?.code == .refused)
        #expect((1...120).contains(taken))
    }

    @Test("Frames that were passed on release their memory")
    func giving() throws {
        var room = FrameBudget(limit: .max)
        let frame = VideoFrame(
            buffer: try FrameBuffer.allocate(width: 160, height: 100, format: AV_PIX_FMT_YUV420P), index: 0, pts: 0,
            duration: 1,
            time: 0)
        #expect(frame.buffer.byteCount >= 160 * 100 * 3 / 2)
        let properties = SourceProperties(
            name: "a.mp4", container: "mov", codec: "h264", width: 160, height: 100, timeBase: Rational(1, 25),
            averageFrameRate: Rational(25, 1))
        let sampling = try ResolvedSampling(SamplingRequest(), manifest: ModelManifestSample.tiny)
        let source = OpenedSource(
            properties: properties, sampling: sampling,
            mapping: try ClipWindow(source: properties, sampling: sampling).mapping)
        try room.reserve(frame, source: source)
        #expect(room.waiting == frame.buffer.byteCount)
        room.release(frame)
        #expect(room.waiting == 0)
    }

    @Test("The control groups of a process, from the innermost one, in both versions")
    func groups() {
        let unified = ControlGroup.folders(of: "0::/system.slice/saliencyd.service\n")
        #expect(
            unified == [
                "/sys/fs/cgroup/system.slice/saliencyd.service", "/sys/fs/cgroup/system.slice", "/sys/fs/cgroup",
            ])
        let first = ControlGroup.folders(of: "5:cpu,cpuacct:/a\n4:memory:/docker/1\n1:name=systemd:/x\n0::/../y\n")
        #expect(
            first == ["/sys/fs/cgroup/memory/docker/1", "/sys/fs/cgroup/memory/docker", "/sys/fs/cgroup/memory"])
        #expect(ControlGroup.folders(of: "nonsense") == [])
    }

    @Test("Numbers are read from the groups' files; other contents are ignored")
    func numbers() throws {
        try folder.write(Array("2000000000\n".utf8), to: "limit")
        try folder.write(Array("max\n".utf8), to: "none")
        try folder.write(Array("low 0\noom 3\noom_kill 2\n".utf8), to: "events")
        #expect(ControlGroup.number(in: folder.file("limit")) == 2_000_000_000)
        #expect(ControlGroup.number(in: folder.file("none")) == nil)
        #expect(ControlGroup.number(in: folder.file("missing")) == nil)
        #expect(ControlGroup.number(of: "oom_kill", in: folder.file("events")) == 2)
        #expect(ControlGroup.number(of: "oom_group_kill", in: folder.file("events")) == nil)
    }
}
