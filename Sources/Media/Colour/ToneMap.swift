import CFFmpeg
import CKernels
import Glibc

/// Converts high-dynamic-range signals to standard-range BT.709, on which networks were trained and which JPEG stores.
///
/// Light is divided by the reference white of 203 cd/m², converted to BT.709's primaries, clipped to their gamut and to
/// white, and encoded for a display of gamma 2.4. Clipping keeps the intended brightness of everything up to diffuse
/// white; only highlights lose detail, as they do in standard range.
public final class ToneMap {
    private let linear: [Float]
    private let gain: [Float]
    private let luma: [Float]
    private let matrix: [Float]
    private let encoded: [UInt8]

    /// - Parameters:
    ///   - primaries: the signal's primaries.
    ///   - nominalWhite: the RGB48 code of the signal 1; see `nominalWhite(of:isFullRange:)`.
    package init(_ range: DynamicRange, primaries: Primaries, nominalWhite: Int) {
        let white = DynamicRange.referenceWhite
        let codes = (0...65535).map { range.light(min(Double($0) / Double(nominalWhite), 1)) }
        switch range {
        case .pq:
            linear = codes.map { Float($0 / white) }
            gain = []
        case .hlg:
            linear = codes.map { Float($0) }
            let size = Int(saliency_tone_gains)
            // BT.2100's OOTF: display light = peak * luma^(gamma - 1) * scene light.
            gain = (0...size).map { index in
                let luma = pow(Double(index) / Double(size), 4)
                return Float(DynamicRange.displayPeak / white * pow(luma, DynamicRange.systemGamma - 1))
            }
        }
        luma = primaries.luma.map { Float($0) }
        matrix = primaries.matrix(to: .bt709).map { Float($0) }
        let size = Int(saliency_tone_codes)
        encoded = (0...size).map { index in
            let light = pow(Double(index) / Double(size), 2)
            return UInt8((255 * pow(light, 1 / DynamicRange.standardGamma)).rounded())
        }
    }

    /// The RGB48 code to which swscale converts nominal white, the signal 1. It is the largest code, 65535, only if the
    /// source is RGB.
    ///
    /// Measured with FFmpeg 5.1 on YCbCr of 10, 12 and 16 bits: limited range gives 65283, and a ramp is straight to within
    /// a step of the source; full range moves the largest code to the upper bits.
    package static func nominalWhite(of format: PixelFormat, isFullRange: Bool) -> Int {
        if format.isRGB { return 65535 }
        return isFullRange ? ((1 << format.depth) - 1) << (16 - format.depth) : 65283
    }

    /// Fills `result`, RGB24, from `frame`, RGB48 of the same size.
    public func map(_ frame: borrowing FrameBuffer, into result: borrowing FrameBuffer) throws(MediaError) {
        let f = frame.pointer.pointee
        guard let input = frame.plane(0), let output = result.plane(0),
            result.pointer.pointee.width == f.width, result.pointer.pointee.height == f.height
        else { throw MediaError(.damaged, "a frame cannot be converted to standard range") }
        linear.withUnsafeBufferPointer { linear in
            gain.withUnsafeBufferPointer { gain in
                encoded.withUnsafeBufferPointer { encoded in
                    var tone = saliency_tone()
                    tone.linear = linear.baseAddress
                    tone.gain = gain.isEmpty ? nil : gain.baseAddress
                    tone.encoded = encoded.baseAddress
                    tone.luma = (luma[0], luma[1], luma[2])
                    let m = matrix
                    tone.matrix = (m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8])
                    for y in 0..<Int(f.height) {
                        let row = UnsafeRawPointer(input.base + y * input.stride)
                        saliency_tone_map(
                            output.base + y * output.stride, row.assumingMemoryBound(to: UInt16.self), Int(f.width),
                            &tone)
                    }
                }
            }
        }
    }
}
