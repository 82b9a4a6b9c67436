import Decode
import Engine

/// The windows of whatever an explain or classify job is given: a video, a folder of pictures, an array, optical flow.
///
/// Networks of two input channels read optical flow; all others read pictures. An array's samples are taken as they are,
/// without resize, crop or resampling, unless options say otherwise. Not thread-safe: one thread reads.
final class WindowReader {
    private let windows: any WindowSource

    /// - Parameters:
    ///   - start: where the first window begins, in seconds since the source's first frame.
    ///   - isArrayOneWindow: whether an array of any length is one window where the request names no length.
    /// - Throws: `MediaError`, `ModelError`.
    init(
        input: String, request: SamplingRequest, manifest: ModelManifest, start: Double = 0,
        isArrayOneWindow: Bool = false,
        cancellation: Cancellation
    ) throws {
        var request = request
        let array = input.lowercased().hasSuffix(".npy") ? try NumPyFile(input).shape : nil
        if let count = array?.first, request.window == nil {
            request.window = isArrayOneWindow ? max(1, count) : min(max(1, count), manifest.clipLength)
        }
        // Arrays have no clock.
        if array != nil, request.rate == .model { request.rate = .native }
        var sampling = try ResolvedSampling(request, manifest: manifest)
        if let array, array.count == 4, request.shortSide == nil, request.fit == .crop {
            sampling.preparation = PicturePreparation(
                fit: .full, shortSide: min(array[1], array[2]), shortSideIsExplicit: true)
        }
        let options = WindowOptions(
            preparation: sampling.preparation, length: sampling.window, stride: sampling.stride, rate: sampling.rate,
            start: start)
        windows =
            manifest.inputChannels == 2
            ? try FlowWindowSource(input, options: options, cancellation: cancellation)
            : try FrameWindowSource(SourceOpener.open(input, cancellation: cancellation), options: options)
    }

    var properties: SourceProperties { windows.properties }
    var warnings: [SourceWarning] { windows.warnings }

    /// The next window, or nil at the end.
    func next() throws(MediaError) -> Window? {
        try windows.next()
    }
}
