import CFFmpeg
import Media

/// Changes of size or pixel format inside a source, for its warnings.
struct FrameChanges {
    private struct Look: Equatable {
        var width: Int
        var height: Int
        var format: AVPixelFormat

        var text: String {
            let name = PixelFormat(format)?.name ?? "of an unknown format"
            return "\(width)x\(height) \(name)"
        }
    }

    /// How often a frame differed from the one before it.
    private(set) var count = 0
    private var first: Look?
    private var last: Look?
    private var changed: Look?
    private var place: String?

    /// Takes a frame as it was decoded, upright.
    mutating func note(width: Int, height: Int, format: AVPixelFormat) {
        let look = Look(width: width, height: height, format: format)
        if let last, last != look {
            count += 1
            if changed == nil { changed = look }
        }
        first = first ?? look
        last = look
    }

    /// Says where the frame noted last is, should it be the first that changed.
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
