import CFFmpeg
import Media

/// Records changes of size or pixel format within a source, for its warnings.
struct FrameChanges {
    private struct FrameFormat: Equatable {
        var width: Int
        var height: Int
        var format: AVPixelFormat

        var text: String {
            let name = PixelFormat(format)?.name ?? "of an unknown format"
            return "\(width)x\(height) \(name)"
        }
    }

    /// The number of frames that differ from the previous one.
    private(set) var count = 0
    private var first: FrameFormat?
    private var last: FrameFormat?
    private var changed: FrameFormat?
    private var place: String?

    /// Records the properties of a decoded frame, with the size of the upright frame.
    mutating func record(width: Int, height: Int, format: AVPixelFormat) {
        let current = FrameFormat(width: width, height: height, format: format)
        if let last, last != current {
            count += 1
            if changed == nil { changed = current }
        }
        first = first ?? current
        last = current
    }

    /// Sets the place of the frame recorded last, if it is the first that changed.
    mutating func place(_ place: @autoclosure () -> String) {
        if changed != nil, self.place == nil { self.place = place() }
    }

    /// One sentence; nil if nothing changed.
    var message: String? {
        guard let first, let changed else { return nil }
        let place = place.map { " \($0)" } ?? ""
        return "the frames' size or format changes \(count == 1 ? "once" : "\(count) times"), first\(place): from "
            + "\(first.text) to \(changed.text); all are shown with \(first.width)x\(first.height) pixels"
    }
}
