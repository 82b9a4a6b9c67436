import HTTPTypes
import Hummingbird
import NIOCore
import Pipeline
import ServiceLifecycle

/// The cameras: how they do, and what they see.
struct CameraRoutes: Sendable {
    let dependencies: HTTPDependencies
    /// Who looks at live pictures, counted apart: they stay for hours.
    let viewers: RequestGauge

    /// Seconds to wait for a camera's next picture.
    private static let pictureWait = 5

    private struct List: Encodable {
        var cameras: [CameraAnswer]
    }

    var routes: [Route] {
        [
            Route(.get, "/api/v1/cameras") { request in
                _ = try request.query()
                return JSONAnswer.response(List(cameras: dependencies.cameras().map { CameraAnswer($0) }))
            },
            Route(.get, "/api/v1/cameras/{name}") { request in
                _ = try request.query()
                return JSONAnswer.response(CameraAnswer(try camera(request)))
            },
            Route(.get, "/cameras/{name}/live.mjpeg", isLasting: true, answer: live),
            Route(.get, "/cameras/{name}/snapshot.jpg", answer: snapshot),
        ]
    }

    private func camera(_ request: APIRequest) throws(APIError) -> CameraView {
        let name = request.parameter("name")
        guard let camera = dependencies.cameras().first(where: { $0.name == name }) else {
            throw .notFound("There is no camera of this name; /api/v1/cameras lists those there are.")
        }
        return camera
    }

    private func live(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let camera = try camera(request)
        let place = try viewers.enter()
        try await request.connection.limitSending()
        let stream = LivePictures(
            preview: camera.preview, connection: request.connection, limits: request.limits, clock: dependencies.clock)
        var headers = Self.pictureHeaders
        headers[.contentType] = LivePictures.contentType
        headers[.connection] = "close"
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                try await stream.write(to: &writer)
                withExtendedLifetime(place) {}
            })
    }

    private func snapshot(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let camera = try camera(request)
        guard camera.statistics.isConnected else {
            throw APIError.unavailable("The camera is \(camera.state): \(camera.reason).")
        }
        let clock = dependencies.clock
        let picture = await cancelWhenGracefulShutdown {
            await camera.preview.next(within: .seconds(Self.pictureWait), clock: clock)
        }
        guard let picture else {
            throw APIError(
                .gatewayTimeout, "no_picture",
                "No picture came within \(Self.pictureWait) seconds; the camera is \(camera.state): \(camera.reason).")
        }
        var headers = Self.pictureHeaders
        headers[.contentType] = "image/jpeg"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: picture.jpeg)))
    }

    /// A page of another site must not show these pictures: its browser asks for them without saying where it is.
    private static let pictureHeaders: HTTPFields = {
        var headers = HTTPFields()
        if let policy = HTTPField.Name("Cross-Origin-Resource-Policy") { headers[policy] = "same-origin" }
        return headers
    }()
}
