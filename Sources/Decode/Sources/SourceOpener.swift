import Concurrency
import Files
import Media

/// How a source is opened.
public struct SourceOptions: Sendable, Hashable {
    /// What the input may cost and contain.
    public var input = InputOptions()
    /// Frames a second of folders and arrays, which have no rate of their own.
    public var frameRate = 25.0

    public init() {}
}

/// Opens whatever a path names: a folder of images, an array file, an animated WebP, or a video file.
public enum SourceOpener {
    /// - Parameter held: the file, if it is open already. Nothing is opened by its path then, which may lead elsewhere by now; the
    ///   path names the source and hints at its format. It has to live for the length of the call.
    /// - Throws: `MediaError` that says in one sentence what is wrong with which file.
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

    /// Whether a path names an array file: a name that ends in `.npy` and is no folder's.
    public static func isArray(_ path: String) -> Bool {
        path.lowercased().hasSuffix(".npy") && !isFolder(path)
    }

    static func isFolder(_ path: String) -> Bool { FileName.isFolder(path) }
}
