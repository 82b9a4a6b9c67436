import CFFmpeg
import Glibc
import Media

/// FFmpeg's library of devices, which this process loads only when a device is asked for: it draws in a desktop's worth of
/// libraries.
enum VideoDevices {
    /// Of one release with libavformat, whose number it shares.
    private static let library = "libavdevice.so.\(LIBAVFORMAT_VERSION_MAJOR)"

    static let isLoaded: Bool = {
        guard let handle = dlopen(library, RTLD_NOW), let symbol = dlsym(handle, "avdevice_register_all") else {
            return false
        }
        // A symbol of a loaded library has no type; avdevice.h of the same release declares this one so.
        typealias Register = @convention(c) () -> Void
        unsafeBitCast(symbol, to: Register.self)()
        return true
    }()

    /// Makes the demuxer of video devices known.
    ///
    /// - Throws: `MediaError`: `cannotOpen` if there is no such device, `refused` if it is not a camera or devices cannot be
    ///   read here.
    static func prepare(_ path: String, name: String) throws(MediaError) {
        var info = stat()
        guard stat(path, &info) == 0 else {
            throw MediaError(.cannotOpen, "cannot be opened: \(String(cString: strerror(errno)))", file: name)
        }
        // The kernel's number for Video4Linux: any other device might be anything.
        guard info.st_mode & S_IFMT == S_IFCHR, info.st_rdev >> 8 & 0xFFF == 81 else {
            throw MediaError(.refused, "is not a video device", file: name)
        }
        guard isLoaded else {
            throw MediaError(
                .refused,
                "cameras of this machine need FFmpeg's \(library) (Debian: libavdevice\(LIBAVFORMAT_VERSION_MAJOR))",
                file: name)
        }
    }
}
