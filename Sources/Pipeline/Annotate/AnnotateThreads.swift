import Decode
import Encode
import Files

/// The three threads of a job that writes a video again: reading, explaining and writing overlap, and what each waits for is
/// bounded, so memory does not grow with the video's length.
struct AnnotateThreads<Windows: WindowExplaining>: Sendable {
    let input: String
    /// The input's file, if it is open already.
    var held: HeldFile?
    let sampling: ResolvedSampling
    /// Seconds of the longest video that is read; nil for any.
    var longest: Double?
    let output: String
    let options: WriterOptions
    /// Whether the painter draws the answer into the pictures.
    let hasCaptions: Bool
    /// Bytes that pictures on their way through the job may take.
    var pictureLimit = MemoryBudget.standard
    let gate: EngineGate
    /// Called on the explaining thread.
    let windows: @Sendable (OpenedSource) throws -> Windows
    /// Called on the writing thread.
    let painter: @Sendable (OpenedSource) throws -> any PicturePainter

    /// Pictures, at most, that are decoded while the network is busy with the windows before them.
    private static var readAhead: Int { 32 }
    /// Pictures, at most, that are explained and wait to be encoded.
    private static var writeBehind: Int { 16 }

    /// Runs to the end. A failure of one thread cancels the others; the first error is thrown.
    func run(stop: StopRequest, tally: ProgressTally) async throws -> StageReports<Windows.Record> {
        let decoded = BoundedQueue<DecodedItem>(
            capacity: Self.readAhead, bytes: PictureRoom.readAheadBytes, size: \.pictureBytes)
        let explained = BoundedQueue<ExplainedItem>(
            capacity: Self.writeBehind, bytes: PictureRoom.writeBehindBytes, size: \.pictureBytes)
        let reader = AnnotateReader(
            input: input, held: held, sampling: sampling, longest: longest, stop: stop, output: decoded)
        let explainer = AnnotateExplainer(
            windows: windows, hasCaptions: hasCaptions, pictureLimit: pictureLimit, gate: gate, stop: stop,
            input: decoded, output: explained,
            tally: tally)
        let writer = AnnotateWriter(
            output: output, options: options, painter: painter, stop: stop, input: explained, tally: tally)

        let cancel: @Sendable () -> Void = {
            stop.abort.cancel()
            decoded.cancel()
            explained.cancel()
        }
        return try await withThrowingTaskGroup(of: StageReport<Windows.Record>.self) { group in
            group.addTask {
                .reader(try await DedicatedThread.run(name: "read", onCancel: cancel) { try reader.run() })
            }
            group.addTask {
                .explainer(try await DedicatedThread.run(name: "explain", onCancel: cancel) { try explainer.run() })
            }
            group.addTask {
                .writer(try await DedicatedThread.run(name: "write", onCancel: cancel) { try writer.run() })
            }
            // The first failure is thrown here; the group then cancels the other stages and waits for them.
            return try await group.reduce(into: StageReports()) { $0.take($1) }
        }
    }
}
