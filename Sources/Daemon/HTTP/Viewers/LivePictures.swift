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

    private enum Step: Sendable {
        case picture(PreviewPicture)
        /// Nothing came for a while: the last picture once more, so that both sides know that the other is there.
        case again
    }

    func write(to writer: inout any ResponseBodyWriter) async throws {
        let (steps, entrance) = AsyncStream.makeStream(of: Step.self, bufferingPolicy: .bufferingNewest(1))
        let guardian = WriteGuardian()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await picture in preview.pictures().cancelOnGracefulShutdown() { entrance.yield(.picture(picture)) }
                entrance.finish()
            }
            group.addTask {
                while (try? await clock.sleep(for: limits.viewerSilence)) != nil { entrance.yield(.again) }
            }
            group.addTask {
                if await guardian.findsStall(patience: limits.viewerPatience, clock: clock) { connection.close() }
            }
            var last: PreviewPicture?
            for await step in steps {
                if case .picture(let picture) = step { last = picture }
                guard let last else { continue }
                guardian.begin()
                try await writer.write(Self.part(last))
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
