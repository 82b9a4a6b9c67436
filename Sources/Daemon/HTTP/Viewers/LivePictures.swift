import Hummingbird
import NIOCore
import Pipeline
import ServiceLifecycle
import Synchronization

/// One viewer's endless answer: each picture as one part of a `multipart/x-mixed-replace` body.
///
/// A viewer that is slow gets fewer pictures, never old ones. One that does not take what is sent loses its connection.
struct LivePictures: Sendable {
    let preview: LivePreview
    let connection: ConnectionContext
    let limits: HTTPLimits
    let clock: any Clock<Duration>

    private static let boundary = "saliencyd-picture"
    static let contentType = "multipart/x-mixed-replace; boundary=\(boundary)"

    func write(to writer: inout any ResponseBodyWriter) async throws {
        let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (newest, guardian) = (NewestPicture(), WriteGuardian())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await picture in preview.pictures().cancelOnGracefulShutdown() {
                    newest.offer(picture)
                    bell.yield()
                }
                bell.finish()
            }
            group.addTask {
                while (try? await clock.sleep(for: limits.viewerSilence)) != nil {
                    newest.repeatWhenQuiet()
                    bell.yield()
                }
            }
            group.addTask {
                if await guardian.findsStall(patience: limits.viewerPatience, clock: clock) { connection.close() }
            }
            for await _ in rings {
                guard let picture = newest.take() else { continue }
                guardian.begin()
                try await writer.write(Self.part(picture))
                guardian.end()
            }
            group.cancelAll()
        }
        try await writer.write(ByteBuffer(string: "--\(Self.boundary)--\r\n"))
        try await writer.finish(nil)
    }

    private static func part(_ picture: PreviewPicture) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeString(
            """
            --\(boundary)\r
            Content-Type: image/jpeg\r
            Content-Length: \(picture.jpeg.count)\r
            X-Time: \(picture.wallClock)\r
            \r

            """)
        buffer.writeBytes(picture.jpeg)
        buffer.writeString("\r\n")
        return buffer
    }
}
