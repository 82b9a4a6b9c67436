import ArgumentParser
import DaemonConfiguration
import Files
import Foundation

/// `saliencyd jobs why`
struct JobsWhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say what becomes of a file in a watched folder, and why it is not annotated.")

    @Argument(help: "The file; with --folder, its path below the folder.")
    var file: String

    @Option(help: ArgumentHelp("The drop folder (default: the one that the file is in).", valueName: "name"))
    var folder: String?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    private struct Watches: Decodable {
        struct Watch: Decodable {
            var name: String
            var folder: String
        }

        var folders: [Watch]
    }

    private struct Answer: Decodable {
        struct File: Decodable {
            var name: String
            var reason: String
        }

        var files: [File]
    }

    func run() async throws {
        let client = try await daemon.client()
        var target = (watch: folder ?? "", path: file)
        if folder == nil { target = try await find(client) }
        let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "/;"))
        guard let part = target.watch.addingPercentEncoding(withAllowedCharacters: allowed) else {
            throw CommandFailure(.usage, "there is no drop folder \(target.watch)")
        }
        let data = try await client.request(
            "GET", "/api/v1/folders/\(part)/files", query: [URLQueryItem(name: "file", value: target.path)])
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        for file in try JobRecord.decoded(Answer.self, from: data).files {
            print(JobTable.printable("\(file.name): \(file.reason)"))
        }
    }

    /// The watch in whose folder the file lies on this machine, and the file's path below that.
    private func find(_ client: DaemonClient) async throws -> (watch: String, path: String) {
        let whole = file.hasPrefix("/") ? file : "\(FileManager.default.currentDirectoryPath)/\(file)"
        let (folder, name) = StagedName.split(whole)
        let watches = try JobRecord.decoded(Watches.self, from: await client.request("GET", "/api/v1/folders")).folders
        // From the file upwards: of folders in folders, the innermost watch counts.
        var (place, below) = (FolderPlace.real(folder) ?? folder, name)
        while true {
            if let watch = watches.first(where: { FolderPlace($0.folder) == FolderPlace(place) }) {
                return (watch.name, below)
            }
            let (above, last) = StagedName.split(place)
            guard !last.isEmpty else { break }
            (place, below) = (above.count > 1 ? String(above.dropLast()) : above, "\(last)/\(below)")
        }
        let folders = watches.map(\.folder).joined(separator: ", ")
        throw CommandFailure(
            .usage, "\(file) lies in no watched folder; \(folders.isEmpty ? "there are none" : "there are: \(folders)")"
        )
    }
}
