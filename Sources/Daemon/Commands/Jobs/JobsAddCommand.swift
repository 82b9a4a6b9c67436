import ArgumentParser
import Files
import Foundation

/// `saliencyd jobs add`
struct JobsAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Put a video into a watched folder through the daemon.")

    @Argument(help: "A video file.")
    var file: String

    @Option(help: ArgumentHelp("The watch.", valueName: "name"))
    var watch: String

    @Option(help: ArgumentHelp("The name it gets in the folder (default: its own).", valueName: "name"))
    var name: String?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() async throws {
        // Named before it is sent: what cannot be read is this side's fault.
        _ = try ReadableFile(file)
        let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "/;"))
        let parts = [watch, name ?? StagedName.split(file).name].compactMap {
            $0.addingPercentEncoding(withAllowedCharacters: allowed)
        }
        guard parts.count == 2 else { throw CommandFailure(.usage, "\(file) has a name that cannot be sent") }
        let data = try await daemon.client().upload(
            file, "/api/v1/watches/\(parts[0])/files/\(parts[1])", patience: 3600)
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        let answer = try JobRecord.decoded(Answer.self, from: data)
        print(answer.job.map { "\(answer.path): job \($0)" } ?? answer.path)
    }

    private struct Answer: Decodable {
        var path: String
        var job: Int64?
    }
}
