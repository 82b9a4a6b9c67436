import CFFmpeg

/// Sets TLS options for all connections that a demuxer opens. FFmpeg's HLS demuxer (5.1 to 7.1) uses only some of the
/// playlist's options for its segments, and the verification of certificates is not among them.
final class SecureConnector {
    private typealias Open =
        @convention(c) (
            UnsafeMutablePointer<AVFormatContext>?, UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?,
            UnsafePointer<CChar>?, Int32, UnsafeMutablePointer<OpaquePointer?>?
        ) -> Int32

    private let options: [String: String]
    private let open: Open?

    /// - Parameter context: refers to this object from now on; this object must exist as long as the context.
    init(_ options: [String: String], _ context: UnsafeMutablePointer<AVFormatContext>) {
        self.options = options
        open = context.pointee.io_open
        context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.io_open = { context, io, url, flags, options in
            guard let opaque = context?.pointee.opaque else { return saliency_averror(EINVAL) }
            let connector = Unmanaged<SecureConnector>.fromOpaque(opaque).takeUnretainedValue()
            return connector.connect(context, io, url, flags, options)
        }
    }

    private func connect(
        _ context: UnsafeMutablePointer<AVFormatContext>?,
        _ io: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?, _ url: UnsafePointer<CChar>?, _ flags: Int32,
        _ given: UnsafeMutablePointer<OpaquePointer?>?
    ) -> Int32 {
        var own: OpaquePointer?
        defer { av_dict_free(&own) }
        return withUnsafeMutablePointer(to: &own) { own in
            let dictionary = given ?? own
            for (key, value) in options { av_dict_set(dictionary, key, value, 0) }
            return open?(context, io, url, flags, dictionary) ?? saliency_averror(EINVAL)
        }
    }
}
