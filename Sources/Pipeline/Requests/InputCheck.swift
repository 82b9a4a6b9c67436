import Concurrency
import Decode
import Encode
import Engine
import Files
import Glibc
import Media

/// Checks that an input can be read, before any work is done for it.
public enum InputCheck {
    /// Opens the input as a job would, and closes it again.
    ///
    /// Inputs that can be read only once, such as pipes, are not opened. A folder is opened only if the manifest is
    /// known, since the model determines whether the folder contains frames or optical flow.
    ///
    /// - Parameter manifest: the model's manifest; nil if it is unknown.
    /// - Throws: `MediaError` for an input that cannot be opened; `ModelError` for sampling that does not fit.
    public static func run(_ path: String, sampling: SamplingRequest, manifest: ModelManifest?) throws {
        var status = stat()
        guard stat(path.fileBytes, &status) == 0 else {
            throw MediaError(.cannotOpen, "cannot be opened: \(String(cString: strerror(errno)))", file: path)
        }
        let isArray = path.lowercased().hasSuffix(".npy")
        if let manifest, !isArray { _ = try ResolvedSampling(sampling, manifest: manifest) }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR && manifest != nil else { return }
        if let manifest, manifest.inputChannels == 2 {
            _ = try WindowReader(
                input: path, request: sampling, manifest: manifest, cancellation: Cancellation())
        } else if manifest != nil || !isArray {
            _ = try SourceOpener.open(path)
        }
    }
}

/// Checks the paths of a command's outputs, before any work is done for them.
public enum OutputCheck {
    /// - Throws: `MediaError` for a name that is not a video's, for a file that exists unless `isReplacing`, or for a
    ///   folder that cannot be written.
    public static func video(_ path: String, isReplacing: Bool) throws(MediaError) {
        _ = try OutputContainer(path: path)
        try OutputPath.check(path, isReplacing: isReplacing)
    }

    /// - Throws: `MediaError` for a file that exists unless `isReplacing`, or for a folder that cannot be written.
    public static func file(_ path: String, isReplacing: Bool) throws(MediaError) {
        try OutputPath.check(path, isReplacing: isReplacing)
    }
}
