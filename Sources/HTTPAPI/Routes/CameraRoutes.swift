import Cameras
import HTTPTypes
import Hummingbird
import NIOCore
import Pipeline
import ServiceLifecycle

/// The cameras' states and images.
struct CameraRoutes: Sendable {
    let dependencies: HTTPDependencies

    /// The longest wait for a camera's next image, in seconds.
    private static let frameWait = 5

    private struct List: Encodable {
        var cameras: [CameraResponse]
    }

    var routes: [Route] {
        [
            Route(.get, "/api/v1/cameras") { request in
                _ = try request.query()
                return JSONResponse.response(List(cameras: dependencies.cameras().map { CameraResponse($0) }))
            },
            Route(.get, "/api/v1/cameras/{name}") { request in
                _ = try request.query()
                return JSONResponse.response(CameraResponse(try camera(request)))
            },
            Route(.get, "/cameras/{name}/live.mjpeg", load: .view, answer: live),
            Route(.get, "/cameras/{name}/snapshot.jpg", load: .wait, answer: snapshot),
        ]
    }

    private func camera(_ request: APIRequest) throws(APIError) -> CameraStatus {
        let name = request.parameter("name")
        guard let camera = dependencies.cameras().first(where: { $0.name == name }) else {
            throw .notFound("There is no camera of this name; /api/v1/cameras lists those there are.")
        }
        return camera
    }

    private func live(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let camera = try camera(request)
        try await request.connection.limitSendBuffer()
        let stream = LiveImages(
            preview: camera.preview, connection: request.connection, limits: request.limits, clock: dependencies.clock)
        return Response(
            status: .ok, headers: [.contentType: LiveImages.contentType, .connection: "close"],
            body: ResponseBody { writer in try await stream.write(to: &writer) })
    }

    private func snapshot(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let camera = try camera(request)
        guard camera.statistics.isConnected else {
            throw APIError.unavailable("The camera is \(camera.state): \(camera.reason).")
        }
        let clock = dependencies.clock
        let image = try await request.connection.whileConnected {
            await cancelWhenGracefulShutdown {
                await camera.preview.next(within: .seconds(Self.frameWait), clock: clock)
            }
        }
        guard let image else {
            throw APIError(
                .gatewayTimeout, "no_frame",
                "No image arrived within \(Self.frameWait) seconds; the camera is \(camera.state): \(camera.reason).")
        }
        return Response(
            status: .ok, headers: [.contentType: "image/jpeg"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: image.jpeg)))
    }
}
