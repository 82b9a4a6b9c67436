import CFFmpeg
import Media

/// One component of a flow: a folder of pictures, each as grey samples prepared for the network.
final class GrayPictures {
    let folder: PictureFolder
    /// Size of the first picture read, in pixels; later ones are scaled to it.
    private(set) var size: (width: Int, height: Int)?
    /// Size of the network's picture.
    private(set) var clipSize: (width: Int, height: Int)?

    private var decoder: PictureDecoder
    private let preparation: PicturePreparation
    private var normalizer: FrameNormalizer?
    private var converter: PictureConverter?

    init(_ path: String, preparation: PicturePreparation, options: InputOptions) throws(MediaError) {
        folder = try PictureFolder(path)
        decoder = PictureDecoder(maximumPixels: options.maximumPixels)
        self.preparation = preparation
    }

    /// Samples `[H, W]`, 0…255, of the picture at `index`.
    func pixels(at index: Int) throws(MediaError) -> (samples: [UInt8], isCorrupt: Bool) {
        let path = folder.file(folder.names[index])
        let decoded = try decoder.decode(path)
        let isCorrupt = decoded.isCorrupt
        let color = ColorDescription.of(decoded.frame, fallback: nil)
        if normalizer == nil {
            normalizer = try FrameNormalizer(first: decoded.frame, color: color, orientation: .upright)
        }
        guard let picture = try normalizer?.normalized(decoded.frame, color: color) else {
            throw MediaError(.damaged, "the picture cannot be converted", file: path)
        }
        let frame = VideoFrame(buffer: picture, index: index, pts: 0, duration: 0, time: 0)
        if let converter { return (try converter.pixels(of: frame), isCorrupt) }
        return (try makeConverter(frame, color: color).pixels(of: frame), isCorrupt)
    }

    private func makeConverter(_ frame: VideoFrame, color: ColorDescription) throws(MediaError) -> PictureConverter {
        let converter = try PictureConverter(
            source: SourceProperties(
                name: folder.path, container: "frames", codec: "flow", width: frame.width, height: frame.height,
                timeBase: Rational(1, 1), averageFrameRate: Rational(0, 1), color: color),
            preparation: preparation, output: .gray)
        self.converter = converter
        size = (frame.width, frame.height)
        clipSize = (converter.mapping.clipWidth, converter.mapping.clipHeight)
        return converter
    }
}
