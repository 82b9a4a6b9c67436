import Concurrency
import Hummingbird
import JobService
import Jobs
import Pipeline

/// The drop folders, their files, and uploads.
struct FolderRoutes: Sendable {
    let dependencies: HTTPDependencies
    /// The maximum size of an uploaded video in bytes.
    let largestUpload: Int

    private struct List: Encodable {
        var folders: [FolderResponse]
    }

    private struct FileList: Encodable {
        var files: [FileReport]
        /// The number of files that are not listed.
        var leftOut: Int

        private enum CodingKeys: String, CodingKey {
            case files
            case leftOut = "left_out"
        }
    }

    /// The maximum number of files in one response.
    static let maximumFiles = 1000

    var routes: [Route] {
        [
            Route(.get, "/api/v1/folders", answer: list),
            Route(.get, "/api/v1/folders/{name}/files", answer: files),
            Route(.post, "/api/v1/folders/{name}/files/{filename}", role: .upload, load: .upload, answer: upload),
        ]
    }

    private func list(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let dropFolders = dependencies.registry.all
        let problems = await FolderCheck.problems(dropFolders)
        let holds = try await dependencies.holds()
        return JSONResponse.response(
            List(folders: dropFolders.map { FolderResponse($0, problem: problems[$0.name], holds: holds) }))
    }

    private func files(_ request: APIRequest) async throws -> Response {
        let query = try request.query("file", "limit")
        let file = try query.text("file")
        let limit = try query.integer("limit", 1...Self.maximumFiles) ?? Self.maximumFiles
        let name = request.parameter("name")
        let reports = try await DedicatedThread.run(name: "http files", onCancel: {}) { [dependencies] in
            try dependencies.files(name, file)
        }
        guard let reports else { throw Self.noDropFolder }
        if let file, reports.isEmpty { throw APIError.notFound("There is no \(file) in the folder of \(name).") }
        return JSONResponse.response(
            FileList(files: Array(reports.prefix(limit)), leftOut: max(0, reports.count - limit)))
    }

    private static var noDropFolder: APIError {
        .notFound("There is no drop folder of this name; /api/v1/folders lists those there are.")
    }

    private func upload(_ request: APIRequest) async throws -> Response {
        let seconds = try request.query("wait").integer("wait", 0...HTTPLimits.longestWait) ?? 0
        let (dropFolderName, name) = (request.parameter("name"), request.parameter("filename"))
        guard let dropFolder = dependencies.registry[dropFolderName] else {
            throw Self.noDropFolder
        }
        try UploadName.check(name, dropFolder.names)
        let result = try await Upload(dropFolder: dropFolder, name: name, maximumSize: largestUpload).receive(request)
        request.logFields.add("bytes", "\(result.bytes)")
        dependencies.rescan(dropFolder.name)
        let key = JobKey(
            content: result.content, model: dependencies.model.sha256,
            options: dropFolder.annotation.canonical)
        let job = try? await job(key, atMost: seconds, request)
        return JSONResponse.response(
            UploadResponse(path: result.path, bytes: result.bytes, content: result.content, job: job?.id),
            status: .created)
    }

    /// The job with a key, as soon as it exists. If no slot for waiting is free, only an existing job is returned.
    private func job(_ key: JobKey, atMost seconds: Int, _ request: APIRequest) async throws -> Job? {
        let wait = JobWait(store: dependencies.store, clock: dependencies.clock)
        guard seconds > 0, let slot = try? request.slots.enter(.wait) else {
            return try await wait.admitted(key, atMost: 0)
        }
        defer { withExtendedLifetime(slot) {} }
        return try await request.connection.whileConnected { try await wait.admitted(key, atMost: seconds) }
    }
}
