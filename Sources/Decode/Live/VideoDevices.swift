import CFFmpeg
import Glibc
import Media

/// FFmpeg's device library, which is loaded only when a device is opened, because it depends on many desktop libraries.
enum VideoDevices {
    /// The library of the same FFmpeg release as libavformat, with the same major version.
    private static let library = "libavdevice.so.\(LIBAVFORMAT_VERSION_MAJOR)"

    static let isLoaded: Bool = {
        guard let handle = dlopen(library, RTLD_NOW), let symbol = dlsym(handle, "avdevice_register_all") else {
            return false
        }
        // A symbol of a loaded library has no type; this one's is declared in avdevice.h.
        typealias Register = @convention(c) () -> Void
        unsafeBitCast(symbol, to: Register.self)()
        return true
    }()

    /// Registers the demuxer of video devices and checks the device.
    ///
    /// - Throws: `MediaError`: `cannotOpen` if there is no such device, `refused` if it is not a camera or the device
    ///   library is missing.
    static func prepare(_ path: String, name: String) throws(MediaError) {
        var info = stat()
        guard stat(path, &info) == 0 else {
            throw MediaError(.cannotOpen, "cannot be opened: \(String(cString: strerror(errno)))", file: name)
        }
        // 81 is the kernel's major number of Video4Linux devices.
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
