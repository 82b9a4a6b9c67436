import Hummingbird
import Pipeline

/// The network in use, and the API description.
struct ModelRoutes: Sendable {
    let dependencies: HTTPDependencies

    private struct List: Encodable {
        var models: [Model]
    }

    private struct Model: Encodable {
        var name: String
        var form: String
        var sha256: String
        var classes: Int
        var labels: [String]
    }

    var routes: [Route] {
        [
            Route(.get, "/api/v1/models") { request in
                _ = try request.query()
                let model = dependencies.model
                return JSONResponse.response(
                    List(models: [
                        Model(
                            name: model.name, form: model.form, sha256: model.sha256, classes: model.classes,
                            labels: dependencies.labels)
                    ]))
            },
            Route(.get, "/api/v1/openapi.yaml") { request in
                _ = try request.query()
                return Response(
                    status: .ok, headers: [.contentType: "application/yaml"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_yaml)))
            },
        ]
    }
}
