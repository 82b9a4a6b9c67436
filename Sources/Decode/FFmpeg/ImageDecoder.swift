import CFFmpeg
import Files
import Media

/// Decodes single image files: JPEG, PNG, BMP, WebP and TIFF, distinguished by their first bytes.
struct ImageDecoder: ~Copyable {
    private let maximumPixels: Int
    private var decoder: CodecContext?
    private var codec = AV_CODEC_ID_NONE

    /// The maximum size of a file, in bytes.
    static let largestFile = 256 << 20

    init(maximumPixels: Int) {
        self.maximumPixels = maximumPixels
    }

    /// - Throws: `MediaError`: `cannotOpen`, `notMedia` or `damaged`.
    mutating func decode(_ path: String) throws(MediaError) -> DecodedFrame {
        let packet = try Self.read(path)
        let bytes = UnsafeRawBufferPointer(start: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size))
        let codec = Self.codec(of: bytes)
        guard let codec else { throw MediaError(.notMedia, "is not a jpg, png, bmp, webp or tiff image", file: path) }
        if codec != self.codec {
            decoder = try CodecContext.open(images: codec, maximumPixels: maximumPixels)
            self.codec = codec
        }
        let frame = try FrameBuffer()
        switch decoder {
        case .none: break
        case .some(let decoder):
            // Each packet is one image: no state must remain for the next file.
            defer { decoder.flush() }
            if case .failed(let code) = decoder.send(packet) {
                throw MediaError(.damaged, "the image cannot be decoded", underlyingCode: code, file: path)
            }
            var result = decoder.receive(into: frame)
            if case .needsPacket = result, case .accepted = decoder.sendEnd() { result = decoder.receive(into: frame) }
            guard case .frame = result else {
                throw MediaError(.damaged, "the image cannot be decoded", file: path)
            }
        }
        let f = frame.pointer.pointee
        let isCorrupt = f.flags & AV_FRAME_FLAG_CORRUPT != 0 || f.decode_error_flags != 0
        return DecodedFrame(frame: frame, isCorrupt: isCorrupt)
    }

    /// The file's bytes as one packet, with the padding that decoders require.
    private static func read(_ path: String) throws(MediaError) -> PacketBuffer {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try ReadableFile(path).contents(limit: largestFile)
        } catch {
            throw MediaError(error)
        }
        guard !bytes.isEmpty else { throw MediaError(.notMedia, "the file is empty", file: path) }
        let packet = try PacketBuffer()
        guard av_new_packet(packet.pointer, Int32(bytes.count)) >= 0, let data = packet.pointer.pointee.data else {
            throw MediaError(.damaged, "no memory for a packet", file: path)
        }
        data.update(from: bytes, count: bytes.count)
        // Without this flag the PNG decoder treats the image as a difference to the previous one.
        packet.pointer.pointee.flags |= AV_PKT_FLAG_KEY
        return packet
    }

    private static func codec(of bytes: UnsafeRawBufferPointer) -> AVCodecID? {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return AV_CODEC_ID_MJPEG }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return AV_CODEC_ID_PNG }
        if bytes.starts(with: [0x42, 0x4D]) { return AV_CODEC_ID_BMP }
        // Little- and big-endian.
        if bytes.starts(with: [0x49, 0x49, 0x2A, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A]) {
            return AV_CODEC_ID_TIFF
        }
        if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            return AV_CODEC_ID_WEBP
        }
        return nil
    }
}
