import ArgumentParser
import DaemonConfiguration
import Files
import FoundationEssentials

/// `saliencyd jobs why`
struct JobsWhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Explain why a file in a drop folder is not annotated.")

    @Argument(help: "The file; with --folder, its path below the folder.")
    var file: String

    @Option(help: ArgumentHelp("The drop folder (default: the one that the file is in).", valueName: "name"))
    var folder: String?

    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    private struct FolderList: Decodable {
        struct ListedFolder: Decodable {
            var name: String
            var folder: String
        }

        var folders: [ListedFolder]
    }

    private struct FileList: Decodable {
        struct File: Decodable {
            var name: String
            var reason: String
        }

        var files: [File]
    }

    func run() async throws {
        let client = try await daemon.client()
        var target = (dropFolder: folder ?? "", path: file)
        if folder == nil { target = try await find(client) }
        let data = try await client.request(
            "GET", "/api/v1/folders/\(target.dropFolder.asPathPart)/files",
            query: [URLQueryItem(name: "file", value: target.path)])
        if daemon.json { return print(String(decoding: data, as: UTF8.self)) }
        for file in try JobRecord.decoded(FileList.self, from: data).files {
            print(JobListText.printable("\(file.name): \(file.reason)"))
        }
    }

    /// The drop folder that contains the file on this machine, and the file's path below it.
    private func find(_ client: DaemonClient) async throws -> (dropFolder: String, path: String) {
        let whole = file.hasPrefix("/") ? file : "\(FileManager.default.currentDirectoryPath)/\(file)"
        let (folder, name) = FileName.split(whole)
        let dropFolders = try JobRecord.decoded(FolderList.self, from: await client.request("GET", "/api/v1/folders"))
            .folders
        // From the file upwards, so that the innermost of nested folders is found.
        var (place, below) = (FolderPlace.real(folder) ?? folder, name)
        while true {
            if let dropFolder = dropFolders.first(where: { FolderPlace($0.folder) == FolderPlace(place) }) {
                return (dropFolder.name, below)
            }
            let (above, last) = FileName.split(place)
            guard !last.isEmpty else { break }
            (place, below) = (above.count > 1 ? String(above.dropLast()) : above, "\(last)/\(below)")
        }
        let folders = dropFolders.map(\.folder).joined(separator: ", ")
        throw CommandFailure(
            .usage, "\(file) is not in a drop folder; \(folders.isEmpty ? "there are none" : "there are: \(folders)")"
        )
    }
}
