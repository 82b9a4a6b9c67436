import CFFmpeg
import Glibc
import Media

/// A JPEG at an HTTP address that is requested repeatedly; FFmpeg reads it as a multipart stream like that of web
/// cameras.
///
/// Used by one thread. Holds the bytes of one frame at a time.
final class SnapshotStream {
    /// The context from which FFmpeg reads; valid as long as this object exists.
    let io: UnsafeMutablePointer<AVIOContext>

    private let request: InputRequest
    private let interrupt: Interrupt
    private let interval: Duration
    /// Header and JPEG of the current frame, and the number of its bytes read so far.
    private var part: [UInt8] = []
    private var position = 0
    /// The time of the next request.
    private var due = ContinuousClock.now

    /// The maximum size of a JPEG in bytes.
    private static let maximumBytes = 64 << 20
    private static let bufferSize: Int32 = 1 << 16

    /// Requests the first frame, so that errors are known immediately.
    ///
    /// - Parameter interval: the interval between requests.
    /// - Throws: `MediaError`: `cannotOpen` with the server's status as its underlying code, `notMedia` if the response
    ///   is not a JPEG, or `cancelled`.
    init(_ request: InputRequest, interval: Duration, interrupt: Interrupt) throws(MediaError) {
        self.request = request
        self.interrupt = interrupt
        self.interval = interval
        guard let buffer = av_malloc(Int(Self.bufferSize)),
            let io = avio_alloc_context(
                buffer.assumingMemoryBound(to: UInt8.self), Self.bufferSize, 0, nil,
                { opaque, buffer, size in
                    guard let opaque, let buffer else { return saliency_averror(EINVAL) }
                    let stream = Unmanaged<SnapshotStream>.fromOpaque(opaque).takeUnretainedValue()
                    return stream.read(into: UnsafeMutableBufferPointer(start: buffer, count: Int(size)))
                }, nil, nil)
        else { throw MediaError(.damaged, "no memory for an input", file: request.name) }
        self.io = io
        io.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        guard let status = fetch() else { return }
        if interrupt.cancellation.isCancelled {
            throw MediaError(.cancelled, "opening was cancelled", file: request.name)
        }
        if interrupt.hasTimedOut { throw MediaError(.cannotOpen, "opening took too long", file: request.name) }
        if status == saliency_averror_invalid_data {
            throw MediaError(.notMedia, "the server's answer is not a JPEG; check the address", file: request.name)
        }
        throw MediaError(.cannotOpen, "cannot be opened", underlyingCode: status, file: request.name)
    }

    deinit {
        // FFmpeg may have replaced the buffer by a larger one.
        av_freep(&io.pointee.buffer)
        var io: UnsafeMutablePointer<AVIOContext>? = io
        avio_context_free(&io)
    }

    /// Reads the next bytes; waits for the next frame when the current one has been read.
    ///
    /// - Returns: the number of bytes, or FFmpeg's error code.
    private func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int32 {
        while position == part.count {
            guard wait() else { return saliency_averror_exit }
            guard let status = fetch() else { break }
            // These errors are permanent; after others the request is repeated until the reader's time limit.
            let final = [
                saliency_averror_unauthorized, saliency_averror_forbidden, saliency_averror_not_found,
                saliency_averror(ENOMEM),
            ]
            if final.contains(status) { return status }
        }
        let count = min(buffer.count, part.count - position)
        _ = buffer.update(fromContentsOf: part[position..<position + count])
        position += count
        return Int32(count)
    }

    /// - Returns: false if reading must end.
    private func wait() -> Bool {
        while !interrupt.shouldStop {
            let rest = due - .now
            guard rest > .zero else { return true }
            usleep(UInt32(min(20_000, max(1, rest / .microseconds(1)))))
        }
        return false
    }

    /// Whether the JPEG ends with the end-of-image marker, apart from padding.
    private static func isWhole(_ jpeg: [UInt8]) -> Bool {
        guard let last = jpeg.lastIndex(where: { $0 != 0 }), last > 0 else { return false }
        return jpeg[last - 1] == 0xFF && jpeg[last] == 0xD9
    }

    /// Requests one frame.
    ///
    /// - Returns: nil on success, otherwise FFmpeg's error code.
    private func fetch() -> Int32? {
        due = .now + interval
        var connection: UnsafeMutablePointer<AVIOContext>?
        var callback = interrupt.callback
        var settings = OptionDictionary(request.settings.merging(request.security) { $1 })
        settings.set("protocol_whitelist", request.protocols)
        let status = avio_open2(
            &connection, request.url.fileBytes, AVIO_FLAG_READ, &callback, &settings.pointer)
        guard status >= 0, let connection else { return status }
        defer {
            var connection: UnsafeMutablePointer<AVIOContext>? = connection
            avio_closep(&connection)
        }
        var jpeg: [UInt8] = []
        let size = Int(Self.bufferSize)
        while true {
            var count: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
                count = avio_read_partial(connection, buffer.baseAddress, Int32(size))
                initialized = Int(max(0, count))
            }
            if count == 0 || count == saliency_averror_eof { break }
            if count < 0 {
                // FFmpeg (5.1 to 7.1) reports an input/output error at the end of a response without a stated length.
                let isEnd = count == saliency_averror(EIO) && avio_size(connection) <= 0 && Self.isWhole(jpeg)
                guard isEnd else { return count }
                break
            }
            guard jpeg.count + chunk.count <= Self.maximumBytes else { return saliency_averror_invalid_data }
            jpeg += chunk
        }
        guard jpeg.starts(with: [0xFF, 0xD8, 0xFF]) else { return saliency_averror_invalid_data }
        part =
            Array("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\n\r\n".utf8) + jpeg
            + Array("\r\n".utf8)
        position = 0
        return nil
    }
}
