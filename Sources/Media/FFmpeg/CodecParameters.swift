import CFFmpeg

/// The one owner of an `AVCodecParameters`: what a stream's packets need to be decoded or copied.
///
/// Written once, then only read: shared between the source and the writer.
// Unchecked: nothing writes behind the initialiser.
public final class CodecParameters: @unchecked Sendable {
    /// Never nil; borrowed to FFmpeg for the length of a call, never stored.
    public let pointer: UnsafeMutablePointer<AVCodecParameters>

    /// A deep copy of `source`.
    public init(copying source: UnsafePointer<AVCodecParameters>) throws(MediaError) {
        guard let parameters = avcodec_parameters_alloc() else {
            throw MediaError(.damaged, "no memory for codec parameters")
        }
        pointer = parameters
        let status = avcodec_parameters_copy(parameters, source)
        guard status >= 0 else {
            throw MediaError(.damaged, "codec parameters cannot be copied", underlyingCode: status)
        }
    }

    deinit {
        var parameters: UnsafeMutablePointer<AVCodecParameters>? = pointer
        avcodec_parameters_free(&parameters)
    }
}
