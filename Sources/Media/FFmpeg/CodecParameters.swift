import CFFmpeg

/// The sole owner of an `AVCodecParameters`, which decoding or copying a stream's packets requires.
///
/// Immutable after initialisation; the source and the writer share it.
// Unchecked: nothing writes after the initialiser.
public final class CodecParameters: @unchecked Sendable {
    /// Never nil; lent to FFmpeg for the duration of a call, never stored.
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
