import CFFmpeg
import Files

/// An error with a file, a stream or a frame: its cause, its place, and a remedy.
///
/// End of stream and "try again" are return values and never become a `MediaError`.
public struct MediaError: Error, Sendable, Equatable {
    /// The kind of failure; callers base decisions (exit code, retry) on it, never on the text.
    public enum Code: String, Sendable {
        /// The input does not exist or may not be read.
        case cannotOpen
        /// The input is not a media file, or one that this build of FFmpeg does not support.
        case notMedia
        /// The input has no video stream, or no frame in it could be decoded.
        case noVideo
        /// The input is refused: its size, stream count or protocol is not allowed.
        case refused
        /// A frame or packet could not be decoded or converted.
        case damaged
        /// The output exists, and replacing it was not asked for.
        case outputExists
        /// The output cannot be created or written (permission, full disk, unsupported container).
        case cannotWrite
        /// The server rejects the user or password, or requires them: retrying soon may lock the account.
        case accessDenied
        /// The server does not authenticate itself.
        case untrusted
        /// A live stream is open, but has sent no frame for too long.
        case stalled
        /// The work was cancelled.
        case cancelled
    }

    public var code: Code
    /// One clause without a full stop: "the file is truncated".
    public var reason: String
    /// FFmpeg's (negative) error code, if it is the cause.
    public var underlyingCode: Int32?
    /// The `errno` value if the file system is the cause; `reason` then contains its message.
    public var systemError: Int32?
    /// The file or URL concerned.
    public var file: String?
    /// The index of the stream concerned in its file.
    public var stream: Int?
    /// The time in the stream, in seconds.
    public var time: Double?

    public init(
        _ code: Code, _ reason: String, underlyingCode: Int32? = nil, file: String? = nil, stream: Int? = nil,
        time: Double? = nil
    ) {
        self.code = code
        self.reason = reason
        self.underlyingCode = underlyingCode
        self.file = file
        self.stream = stream
        self.time = time
    }
}

extension MediaError {
    /// The same error, with the missing parts of its place filled in.
    package func located(file: String, stream: Int? = nil, time: Double? = nil) -> MediaError {
        var error = self
        error.file = error.file ?? file
        error.stream = error.stream ?? stream
        error.time = error.time ?? time
        return error
    }
}

extension MediaError {
    /// Converts an error of the file system.
    public init(_ error: FileError) {
        let code: Code =
            switch error.code {
            case .cannotOpen: .cannotOpen
            case .truncated: .damaged
            case .exists: .outputExists
            case .cannotWrite: .cannotWrite
            }
        self.init(code, error.reason, file: error.path)
        systemError = error.systemError
    }
}

extension MediaError: CustomStringConvertible {
    /// One sentence for a user: the cause, the place, and FFmpeg's message if there is one.
    public var description: String {
        var sentence = file.map { "\($0): " } ?? ""
        sentence += reason
        if let stream { sentence += ", stream \(stream)" }
        if let time { sentence += ", at \((time * 1000).rounded() / 1000) s" }
        if let underlyingCode { sentence += " (\(ffmpegMessage(underlyingCode)))" }
        return sentence
    }
}

/// FFmpeg's text for one of its error codes.
public func ffmpegMessage(_ code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
        buffer.initialize(repeating: 0)
        guard let base = buffer.baseAddress, av_strerror(code, base, buffer.count) == 0 else {
            return "FFmpeg error \(code)"
        }
        return String(cString: base)
    }
}
