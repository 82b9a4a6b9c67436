import ArgumentParser
import Files
import FoundationEssentials

/// `saliencyd jobs add`
struct JobsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Put a video into a drop folder through the daemon.",
        discussion: "With --wait, exit status 0 if it was annotated, 1 if not.")

    @Argument(help: "A video file.")
    var file: String

    @Option(help: ArgumentHelp("The drop folder.", valueName: "name"))
    var folder: String

    @Option(help: ArgumentHelp("The name it gets in the folder (default: its own).", valueName: "name"))
    var name: String?

    @Flag(help: "Wait until the video is annotated.")
    var wait = false

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        // Checked before sending: an unreadable file is an error of the client.
        _ = try ReadableFile(file)
        let parts = [folder, name ?? FileName.split(file).name].map(\.asPathPart)
        let client = try await daemon.client()
        let data = try await client.upload(
            file, "/api/v1/folders/\(parts[0])/files/\(parts[1])",
            query: wait ? [URLQueryItem(name: "wait", value: "60")] : [], timeout: 3600)
        let result = try JobRecord.decoded(UploadResult.self, from: data)
        if daemon.json {
            print(String(decoding: data, as: UTF8.self))
        } else {
            print(result.job.map { "\(result.path): job \($0)" } ?? result.path)
        }
        if wait { try await follow(result, client) }
    }

    private func follow(_ result: UploadResult, _ client: DaemonClient) async throws {
        guard let job = result.job else {
            throw CommandFailure(
                .unavailable, "\(result.path) has not become a job yet; look for it with `saliencyd jobs`")
        }
        let end = try await JobFollower(client: client, deadline: nil).end(of: job)
        let record = try JobRecord.decoded(JobRecord.self, from: end)
        print(daemon.json ? String(decoding: end, as: UTF8.self) : JobListText.text([record], isHeaded: false))
        if record.state != .done { throw ExitCode(1) }
    }

    private struct UploadResult: Decodable {
        var path: String
        var job: Int64?
    }
}
