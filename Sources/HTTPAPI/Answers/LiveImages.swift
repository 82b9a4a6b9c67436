import Hummingbird
import NIOCore
import Pipeline
import ServiceLifecycle
import Synchronization

/// One viewer's endless answer: each image as one part of a `multipart/x-mixed-replace` body.
///
/// A viewer that is slow gets fewer images, never old ones. One that does not take what is sent loses its connection.
struct LiveImages: Sendable {
    let preview: LivePreview
    let connection: ConnectionContext
    let limits: HTTPLimits
    let clock: any Clock<Duration>

    private static let boundary = "saliencyd-image"
    static let contentType = "multipart/x-mixed-replace; boundary=\(boundary)"

    func write(to writer: inout any ResponseBodyWriter) async throws {
        let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (newest, guardian) = (NewestImage(), WriteGuardian())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await image in preview.images().cancelOnGracefulShutdown() {
                    newest.offer(image)
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
                if await guardian.findsStall(timeout: limits.viewerTimeout, clock: clock) { connection.close() }
            }
            for await _ in rings {
                guard let image = newest.take() else { continue }
                guardian.begin()
                try await writer.write(Self.part(image))
                guardian.end()
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

/// The image that a viewer is to get next.
final class NewestImage: Sendable {
    private struct State {
        var image: PreviewImage?
        var isDue = false
        var isQuiet = false
    }

    private let state = Mutex(State())

    /// A newer one takes the place of one that was not taken.
    func offer(_ image: PreviewImage) {
        state.withLock { $0 = State(image: image, isDue: true) }
    }

    /// Has the viewer get the last image once more if none came since the last call, so that both sides learn whether the
    /// other is there.
    func repeatWhenQuiet() {
        state.withLock { state in
            state.isDue = state.isDue || state.isQuiet
            state.isQuiet = true
        }
    }

    /// Nil if none is due.
    func take() -> PreviewImage? {
        state.withLock { state in
            guard state.isDue else { return nil }
            state.isDue = false
            return state.image
        }
    }
}

/// Notices that one write takes too long, from beside it: what waits for a client cannot look at the clock.
final class WriteGuardian: Sendable {
    private struct State {
        var number: UInt64 = 0
        var isWriting = false
    }

    private let state = Mutex(State())

    /// A write begins.
    func begin() {
        state.withLock { state in
            state.number += 1
            state.isWriting = true
        }
    }

    /// It is over.
    func end() {
        state.withLock { $0.isWriting = false }
    }

    /// Returns true once a write has taken longer than `timeout`, after twice as long at the latest; false when the task is
    /// cancelled.
    func findsStall(timeout: Duration, clock: any Clock<Duration>) async -> Bool {
        var seen: UInt64?
        while (try? await clock.sleep(for: timeout)) != nil {
            let current = state.withLock { $0.isWriting ? $0.number : nil }
            if let current, current == seen { return true }
            seen = current
        }
        return false
    }
}
