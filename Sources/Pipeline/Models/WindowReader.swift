import Concurrency
import Decode
import Engine
import Media

/// Reads the windows of any input of an explain or classify job: a video, a folder of images, an array, or optical
/// flow.
///
/// Networks with two input channels read optical flow, all others read frames. Not thread-safe: one thread reads.
final class WindowReader {
    private let windows: any WindowSource

    /// - Parameters:
    ///   - start: the first window's start, in seconds since the source's first frame.
    ///   - longestWindow: the maximum window length of an array if the request states no length; nil for the whole
    ///     array.
    /// - Throws: `MediaError`, `ModelError`.
    init(
        input: String, request: SamplingRequest, manifest: ModelManifest, start: Double = 0,
        longestWindow: Int? = nil, cancellation: Cancellation
    ) throws {
        if manifest.inputChannels == 2, request.stream != nil {
            throw MediaError(.refused, "is optical flow, which has no video stream to choose", file: input)
        }
        let sampling = try ResolvedSampling(request, of: input, manifest: manifest, longestWindow: longestWindow)
        let options = WindowOptions(
            preparation: sampling.preparation, length: sampling.window, stride: sampling.stride, rate: sampling.rate,
            start: start)
        windows =
            manifest.inputChannels == 2
            ? try FlowWindowSource(input, options: options, cancellation: cancellation)
            : try FrameWindowSource(
                SourceOpener.open(input, options: sampling.source, cancellation: cancellation), options: options)
    }

    /// Opens an input and reads the window that begins at `start`.
    ///
    /// - Throws: what `init` throws; `MediaError.noVideo` for an input without frames from there on.
    static func first(
        of input: String, request: SamplingRequest, manifest: ModelManifest, start: Double = 0,
        cancellation: Cancellation
    ) throws -> (reader: WindowReader, window: Window) {
        let reader = try WindowReader(
            input: input, request: request, manifest: manifest, start: start, cancellation: cancellation)
        guard let window = try reader.next() else {
            throw MediaError(
                .noVideo, start > 0 ? "has no frames from \(start) s on" : "has no frames", file: input)
        }
        return (reader, window)
    }

    var properties: SourceProperties { windows.properties }
    var warnings: [SourceWarning] { windows.warnings }

    /// The next window, or nil at the end.
    func next() throws(MediaError) -> Window? {
        try windows.next()
    }
}
