import Decode
import Encode
import Engine
import FoundationEssentials
import Media

/// A window and its saliency as images: `orig_0000.jpg` …, `maps_0000.jpg` …, `montage.png`; for each of several
/// targets `maps_NAME_0000.jpg` …, `montage_NAME.png`.
struct ExplanationImages {
    private let window: Window
    private let heat: [HeatPlane]
    private let sign: HeatSign
    /// The target's name in file names.
    private let name: String?

    /// The maximum number of times on the contact sheet, evenly distributed over the window.
    private static let maximumMoments = 16

    /// - Parameter map: signed according to `sign`.
    init(window: Window, map: SaliencyMap, sign: HeatSign, name: String?) {
        self.window = window
        self.sign = sign
        self.name = name
        heat = map.heat(sign)
    }

    /// Writes the network's input frames.
    ///
    /// - Parameter path: returns the path for a file name.
    static func writeOriginals(of window: Window, path: (String) -> String) throws(MediaError) {
        for (index, frame) in window.frames.enumerated() {
            try ImageFile.write(Image(frame), to: path(String(printf: "orig_%04d.jpg", index)))
        }
    }

    /// Writes the maps and the contact sheet.
    ///
    /// - Parameter path: returns the path for a file name.
    func write(path: (String) -> String) throws(MediaError) {
        let colormap = Colormap.standard(for: sign)
        let moments = Set(Self.moments(of: window.frames.count))
        let suffix = name.map { "_\($0)" } ?? ""
        var sheet = ContactSheet(colormap: colormap)
        for (index, frame) in window.frames.enumerated() {
            let number = String(printf: "%04d", index)
            let heat = heat[index]
            let map = sign == .absolute ? Image(heat) : HeatImage.colored(heat, colormap: colormap)
            try ImageFile.write(map, to: path("maps\(suffix)_\(number).jpg"))
            if moments.contains(index) {
                sheet.add(Image(frame), heat: heat, caption: String(printf: "%.2f s", window.times[index]))
            }
        }
        if let montage = sheet.rendered() { try ImageFile.write(montage, to: path("montage\(suffix).png")) }
    }

    private static func moments(of count: Int) -> [Int] {
        let shown = min(count, maximumMoments)
        return (0..<shown).map { $0 * count / shown }
    }
}

extension Image {
    /// The network's input for one sample. Optical flow is shown as red (x) and green (y), mid grey without motion.
    init(_ frame: ClipFrame) {
        let samples: [UInt8] =
            switch frame.pixels {
            case .bytes(let bytes): bytes
            case .floats(let values): values.map { UInt8(min(max(($0 + 1) * 127.5, 0), 255).rounded()) }
            }
        let bytes: [UInt8] =
            frame.channels == 3
            ? samples
            : (0..<frame.width * frame.height).flatMap { pixel in
                (0..<3).map { $0 < frame.channels ? samples[pixel * frame.channels + $0] : 128 }
            }
        self.init(width: frame.width, height: frame.height, channels: 3, bytes: bytes)
    }
}
