import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Cameras
@testable import Daemon
@testable import DaemonConfiguration
@testable import HTTPAPI
@testable import JobService

/// The document and the server agree.
@Suite(.hangLimit) struct OpenAPITests {
    private typealias Object = [String: Any]

    private static func document(_ api: ServedAPI) async throws -> Object {
        let answer = try await api.get("/api/v1/openapi.yaml")
        #expect(answer.headers["content-type"] == "application/yaml")
        return try #require(try YAMLNode.document(answer.text).map(value) as? Object)
    }

    /// Every plain value as text.
    private static func value(of node: YAMLNode) -> Any {
        switch node {
        case .scalar(let text, _, _): text
        case .sequence(let items, _): items.map(value)
        case .mapping(let pairs, _):
            Dictionary(uniqueKeysWithValues: pairs.map { ($0.key.text ?? "", value(of: $0.value)) })
        }
    }

    @Test func routesAndDocumentAgree() async throws {
        let api = try await ServedAPI(metricsText: { "" })
        let document = try await Self.document(api)
        #expect(document["openapi"] as? String == "3.1.0")
        let paths = try #require(document["paths"] as? [String: Object])
        let written = Set(
            paths.flatMap { path, item in
                item.keys.filter { $0 != "parameters" }.map { "\($0.uppercased()) \(path)" }
            })
        let served = Set(api.service.routes.map { "\($0.method.rawValue) \($0.path)" })
        #expect(written == served)
    }

    /// Every `$ref` refers to an existing element.
    @Test func referencesResolve() async throws {
        let document = try await Self.document(try await ServedAPI())
        var count = 0
        func visit(_ value: Any) throws {
            if let list = value as? [Any] { for item in list { try visit(item) } }
            guard let object = value as? Object else { return }
            for (key, value) in object {
                guard key == "$ref", let reference = value as? String else {
                    try visit(value)
                    continue
                }
                var target: Any? = document
                for part in reference.split(separator: "/").dropFirst() { target = (target as? Object)?[String(part)] }
                #expect(target != nil, "\(reference)")
                count += 1
            }
        }
        try visit(document)
        #expect(count > 50)
    }

    /// Actual responses have exactly the fields of the schemas.
    @Test func responsesHaveTheFieldsOfTheirSchemas() async throws {
        let api = try await ServedAPI(cameras: [.sample()])
        let document = try await Self.document(api)
        let schemas = try #require((document["components"] as? Object)?["schemas"] as? [String: Object])
        func check(_ answer: Object, _ name: String) throws {
            let schema = try #require(schemas[name])
            let properties = Set(try #require(schema["properties"] as? Object).keys)
            let required = Set(try #require(schema["required"] as? [String]))
            #expect(Set(answer.keys).isSubset(of: properties), "\(name)")
            #expect(required.isSubset(of: answer.keys), "\(name)")
        }
        let job = try await api.doneJob()
        try check(try await api.get("/api/v1/jobs").json(), "JobList")
        try check(try await api.get("/api/v1/jobs/\(job.id)").json(), "Job")
        let dropFolders = try #require(try await api.get("/api/v1/folders").json()["folders"] as? [Object])
        try check(dropFolders[0], "Folder")
        let answer = try await api.get("/api/v1/folders/inbox/files").json()
        #expect((answer["files"] as? [Object])?.isEmpty == true)
        let models = try #require(try await api.get("/api/v1/models").json()["models"] as? [Object])
        try check(models[0], "Model")
        let camera = try await api.get("/api/v1/cameras/gate").json()
        try check(camera, "Camera")
        try check(try #require((camera["zones"] as? [String: Object])?["frontDoor"]), "ZoneShare")
        try check(try await api.post("/api/v1/folders/inbox/files/a.mp4", "video").json(), "Upload")
        try check(try await api.post("/api/v1/jobs/retry?state=failed").json(), "Change")
        try check(try await api.post("/api/v1/jobs/pause").json(), "Pauses")
        try await api.admit(2)
        let held = try #require(try await api.get("/api/v1/jobs/2").json()["held"] as? [Object])
        try check(held[0], "Hold")
        try check(try await api.get("/none").json(), "Error")
    }
}
