import Hummingbird
import NIOCore
import Pipeline
import ServiceLifecycle
import Synchronization

/// One viewer's endless response: each image is one part of a `multipart/x-mixed-replace` body.
///
/// A slow viewer gets fewer images, never old ones. A viewer that does not accept data is disconnected.
struct LiveImages: Sendable {
    let preview: LivePreview
    let connection: ConnectionContext
    let limits: HTTPLimits
    let clock: any Clock<Duration>

    private static let boundary = "saliencyd-image"
    static let contentType = "multipart/x-mixed-replace; boundary=\(boundary)"

    func write(to writer: inout any ResponseBodyWriter) async throws {
        let (wakeUps, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (nextImage, detector) = (NextImage(), StallDetector())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await image in preview.images().cancelOnGracefulShutdown() {
                    nextImage.offer(image)
                    continuation.yield()
                }
                continuation.finish()
            }
            group.addTask {
                while (try? await clock.sleep(for: limits.viewerSilence)) != nil {
                    nextImage.repeatWhenQuiet()
                    continuation.yield()
                }
            }
            group.addTask {
                if await detector.detectsStall(timeout: limits.viewerTimeout, clock: clock) { connection.close() }
            }
            for await _ in wakeUps {
                guard let image = nextImage.takeIfDue() else { continue }
                detector.begin()
                try await writer.write(Self.part(image))
                detector.end()
            }
            group.cancelAll()
        }
        try await writer.write(ByteBuffer(string: "--\(Self.boundary)--\r\n"))
        try await writer.finish(nil)
    }

    private static func part(_ image: PreviewImage) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeString(
            """
            --\(boundary)\r
            Content-Type: image/jpeg\r
            Content-Length: \(image.jpeg.count)\r
            X-Time: \(image.wallClock)\r
            \r

            """)
        buffer.writeBytes(image.jpeg)
        buffer.writeString("\r\n")
        return buffer
    }
}

/// The next image for a viewer.
final class NextImage: Sendable {
    private struct State {
        var image: PreviewImage?
        var isDue = false
        var isQuiet = false
    }

    private let state = Mutex(State())

    /// Sets the image, replacing one that was not sent.
    func offer(_ image: PreviewImage) {
        state.withLock { $0 = State(image: image, isDue: true) }
    }

    /// Makes the last image due again if no new one was offered since the last call, so that both sides notice whether
    /// the connection still exists.
    func repeatWhenQuiet() {
        state.withLock { state in
            state.isDue = state.isDue || state.isQuiet
            state.isQuiet = true
        }
    }

    /// Returns the image that is due; nil if none is.
    func takeIfDue() -> PreviewImage? {
        state.withLock { state in
            guard state.isDue else { return nil }
            state.isDue = false
            return state.image
        }
    }
}

/// Detects from another task that a write takes too long.
final class StallDetector: Sendable {
    private struct State {
        var number: UInt64 = 0
        var isWriting = false
    }

    private let state = Mutex(State())

    /// Marks the start of a write.
    func begin() {
        state.withLock { state in
            state.number += 1
            state.isWriting = true
        }
    }

    /// Marks the end of a write.
    func end() {
        state.withLock { $0.isWriting = false }
    }

    /// Returns true once a write has taken longer than `timeout`, at the latest after twice that time; false if the
    /// task is cancelled.
    func detectsStall(timeout: Duration, clock: any Clock<Duration>) async -> Bool {
        var seen: UInt64?
        while (try? await clock.sleep(for: timeout)) != nil {
            let current = state.withLock { $0.isWriting ? $0.number : nil }
            if let current, current == seen { return true }
            seen = current
        }
        return false
    }
}
