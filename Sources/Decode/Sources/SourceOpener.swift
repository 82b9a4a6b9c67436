import Concurrency
import Files
import Media

/// Options for opening a source.
public struct SourceOptions: Sendable, Hashable {
    /// The limits of the input.
    public var input = InputOptions()
    /// The frame rate, in hertz, of folders and arrays, which state none.
    public var frameRate = 25.0

    public init() {}
}

/// Opens a folder of images, an array file, an animated WebP or a video file.
public enum SourceOpener {
    /// - Parameter held: the file, if it is already open. Then nothing is opened by its path, which may lead to another
    ///   file by now; the path only names the source and indicates its format. It must exist for the duration of the
    ///   call.
    /// - Throws: `MediaError` that describes the problem and names the file in one sentence.
    public static func open(
        _ path: String, held: HeldFile? = nil, options: SourceOptions = SourceOptions(),
        cancellation: Cancellation = Cancellation()
    ) throws(MediaError) -> any FrameSource {
        let isFolder = held == nil && isFolder(path)
        let isArray = !isFolder && path.lowercased().hasSuffix(".npy")
        if options.input.videoStream != nil, isFolder || isArray {
            throw MediaError(.refused, "is not a video file, so that there is no stream to choose", file: path)
        }
        if isFolder {
            return try FrameFolderSource(
                path, frameRate: options.frameRate, options: options.input, cancellation: cancellation)
        }
        if isArray {
            return try NumPySource(
                path, held: held, frameRate: options.frameRate, options: options.input, cancellation: cancellation)
        }
        if AnimatedWebP.isAnimation(path, held: held) {
            return try AnimatedWebP(path, held: held, options: options.input, cancellation: cancellation)
        }
        return try VideoFileSource(path, held: held, options: options.input, cancellation: cancellation)
    }

    /// Whether a path names an array file: it ends in `.npy` and is not a folder.
    public static func isArray(_ path: String) -> Bool {
        path.lowercased().hasSuffix(".npy") && !isFolder(path)
    }

    static func isFolder(_ path: String) -> Bool { FileName.isFolder(path) }
}
