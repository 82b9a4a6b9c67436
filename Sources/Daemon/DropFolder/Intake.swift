import Decode
import Encode
import Files
import Glibc
import Jobs
import Pipeline

/// Looks at one settled file and enters it into the ledger.
struct Intake: Sendable {
    enum Outcome: Sendable {
        case admitted(Admission)
        /// Annotated by this program.
        case ours
        /// Still being written, by the look of it.
        case incomplete(String)
    }

    let desk: LedgerDesk
    /// The network's content hash: another network makes another job.
    let modelHash: String

    /// - Parameter isPatient: whether a file that does not open as video may yet become one; otherwise it becomes a job, whose
    ///   failure says what is wrong with it.
    func take(_ file: DroppedFile, of watch: WatchSettings, isPatient: Bool) async throws -> Outcome {
        let cancellation = Cancellation()
        let path = "\(watch.folder)/\(file.name)"
        let look = try await DedicatedThread.run(name: "intake", onCancel: { cancellation.cancel() }) {
            try Self.look(at: path, cancellation)
        }
        if look.isOurs { return .ours }
        if let complaint = look.complaint, isPatient { return .incomplete(complaint) }
        guard DroppedFile(folder: watch.folder, name: file.name)?.stamp == file.stamp else {
            return .incomplete("changed while it was read")
        }
        let key = JobKey(
            content: look.content, model: modelHash, options: watch.annotation.canonical(container: watch.container))
        let request = JobRequest(
            key: key, bytes: file.stamp.size, watch: watch.name, source: path, output: Self.output(file.name, watch),
            priority: watch.priority)
        return .admitted(try await admit(request, file))
    }

    private func admit(_ request: JobRequest, _ file: DroppedFile) async throws -> Admission {
        let admission = try await desk { ledger throws(LedgerError) in try ledger.admit(request) }
        guard case .known(let job) = admission, isAskedAgain(job, file) else { return admission }
        return try await desk { ledger throws(LedgerError) in try ledger.admit(request, again: true) }
    }

    /// Whether content that was dropped before is to be annotated again: its video is gone, or it had failed and was put
    /// here, or touched, since.
    private func isAskedAgain(_ job: Job, _ file: DroppedFile) -> Bool {
        switch job.state {
        case .queued, .running: return false
        case .done: return access(job.output.fileBytes, F_OK) != 0
        case .failed, .quarantined, .cancelled:
            let ended = (job.finishedAt?.timeIntervalSince1970 ?? 0) * 1e9
            return Double(file.stamp.changedNanoseconds) > ended
        }
    }

    private struct Look: Sendable {
        var content: String
        var isOurs: Bool
        /// Why it does not open as video.
        var complaint: String?
    }

    private static func look(at path: String, _ cancellation: Cancellation) throws -> Look {
        var complaint: String?
        do {
            let source = try SourceOpener.open(path, cancellation: cancellation)
            if source.properties.comment?.hasPrefix(VideoWriter.mark) == true {
                return Look(content: "", isOurs: true)
            }
        } catch {
            complaint = error.description
        }
        let content = try ContentHash.of(path, isCancelled: { cancellation.isCancelled })
        return Look(content: content, isOurs: false, complaint: complaint)
    }

    /// "clip.mov" → "OUTPUT/clip.saliency.mp4"
    static func output(_ name: String, _ watch: WatchSettings) -> String {
        let dot = name.dropFirst().lastIndex(of: ".") ?? name.endIndex
        return "\(watch.output)/\(name[..<dot]).saliency.\(watch.container.rawValue)"
    }
}
