import CFFmpeg
import Files

/// What went wrong with a file, a stream or a frame, where, and what to do about it.
///
/// End of stream and "try again" are values of the calls that meet them and never become a `MediaError`.
public struct MediaError: Error, Sendable, Equatable {
    /// The kind of failure; callers decide by it (exit code, retry), never by the text.
    public enum Code: String, Sendable {
        /// The input does not exist or may not be read.
        case cannotOpen
        /// The input is not a media file, or one that this build of FFmpeg does not know.
        case notMedia
        /// The input has no video stream, or no frame in it could be decoded.
        case noVideo
        /// The input is refused: its size, stream count or protocol is beyond what is allowed.
        case refused
        /// A frame or packet could not be decoded or converted.
        case damaged
        /// The output exists, and replacing it was not asked for.
        case outputExists
        /// The output cannot be created or written (permission, full disk, unsupported container).
        case cannotWrite
        /// The server refuses the user or the password, or wants some: trying again soon may lock the account.
        case accessDenied
        /// The server does not prove who it is.
        case untrusted
        /// A live stream is open, but has sent no frame for too long.
        case stalled
        /// The work was cancelled.
        case cancelled
    }

    public var code: Code
    /// One clause without a full stop: "the file is truncated".
    public var reason: String
    /// FFmpeg's (negative) error code, where one is the cause.
    public var underlyingCode: Int32?
    /// The `errno` value, where the file system is the cause and `reason` has its words.
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
    /// The same error, with the place filled in where it does not say one.
    package func located(file: String, stream: Int? = nil, time: Double? = nil) -> MediaError {
        var error = self
        error.file = error.file ?? file
        error.stream = error.stream ?? stream
        error.time = error.time ?? time
        return error
    }
}

extension MediaError {
    /// What the file system refused, as a `MediaError`.
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
    /// One sentence for a user: what, where, and FFmpeg's own words if it has any.
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
