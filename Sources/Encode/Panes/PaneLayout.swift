import Glibc
import Media

/// The positions of equally sized, titled panes in one frame: in a grid, row by row, each below its title.
///
/// All lengths are in pixels, and even, so that chroma ends where luma does.
public struct PaneLayout: Sendable, Hashable {
    /// The frame size into which all panes must fit unless a pane width is requested.
    public static let largest = (width: 1920, height: 1080)
    /// The maximum frame size in any case.
    public static let limit = (width: 7680, height: 4320)
    public static let paneWidths = 64...3840
    /// Panes of smaller sources are enlarged to this width, so that titles are readable.
    public static let minimumWidth = 240
    public static let maximumPanes = 16

    /// The assumed aspect ratio of a screen.
    private static let screen = 16.0 / 9
    /// The gap between panes, and around them.
    private static let gap = 4

    public let count: Int
    public let columns: Int
    public let rows: Int
    public let paneWidth: Int
    public let paneHeight: Int
    /// The height of the title above each pane.
    public let titleHeight: Int

    /// - Parameters:
    ///   - count: 1 to `maximumPanes`.
    ///   - width: width of the source's upright frame.
    ///   - height: height of the source's upright frame.
    ///   - aspect: width to height of one source pixel; panes have square pixels.
    ///   - paneWidth: nil for the source's width, at least `minimumWidth`, reduced until all panes fit into `largest`.
    /// - Throws: `MediaError.refused` if there are too many panes, or they do not fit into `limit`.
    public init(
        count: Int, width: Int, height: Int, aspect: Rational = Rational(1, 1), paneWidth: Int? = nil
    ) throws(MediaError) {
        guard (1...Self.maximumPanes).contains(count) else {
            throw MediaError(.refused, "\(count) panes are too many: one frame has \(Self.maximumPanes) at most")
        }
        let shown = (
            width: max(Double(width), 1) * (aspect.isPositive ? aspect.value : 1), height: max(Double(height), 1)
        )
        // Of equally good grids the widest is chosen.
        let candidates = (1...count).reversed().map { Grid(columns: $0, rows: (count + $0 - 1) / $0) }
        let ratio = shown.width / shown.height
        let grid =
            candidates.min { $0.misfit(count, ratio: ratio) < $1.misfit(count, ratio: ratio) }
            ?? Grid(columns: count, rows: 1)
        self.count = count
        (columns, rows) = (grid.columns, grid.rows)
        func size(_ width: Double) -> (width: Int, height: Int, title: Int) {
            let height = Self.even(width * shown.height / shown.width)
            return (Self.even(width), height, Self.titleHeight(Self.even(width), height))
        }
        func whole(_ size: (width: Int, height: Int, title: Int)) -> (width: Int, height: Int) {
            (
                grid.columns * (size.width + Self.gap) + Self.gap,
                grid.rows * (size.title + size.height + Self.gap) + Self.gap
            )
        }
        func fits(_ width: Double, _ bound: (width: Int, height: Int)) -> Bool {
            let whole = whole(size(width))
            return whole.width <= bound.width && whole.height <= bound.height
        }
        let wanted = paneWidth.map(Double.init) ?? max(shown.width, Double(Self.minimumWidth))
        var chosen = wanted
        if paneWidth == nil {
            while chosen > 2, !fits(chosen, Self.largest) { chosen -= 2 }
        }
        guard fits(chosen, Self.limit) else {
            let whole = whole(size(chosen))
            throw MediaError(
                .refused,
                "\(count) panes of \(size(chosen).width)x\(size(chosen).height) make a frame of "
                    + "\(whole.width)x\(whole.height); \(Self.limit.width)x\(Self.limit.height) is the most")
        }
        let chosenSize = size(chosen)
        (self.paneWidth, paneHeight, titleHeight) = (chosenSize.width, chosenSize.height, chosenSize.title)
    }

    /// The size of the whole frame.
    public var width: Int { columns * (paneWidth + Self.gap) + Self.gap }
    public var height: Int { rows * (titleHeight + paneHeight + Self.gap) + Self.gap }

    /// The left and upper edge of a pane's title.
    func titleOrigin(_ index: Int) -> (x: Int, y: Int) {
        (
            Self.gap + index % columns * (paneWidth + Self.gap),
            Self.gap + index / columns * (titleHeight + paneHeight + Self.gap)
        )
    }

    /// The left and upper edge of a pane's frame.
    func paneOrigin(_ index: Int) -> (x: Int, y: Int) {
        let title = titleOrigin(index)
        return (title.x, title.y + titleHeight)
    }

    /// The height of the titles' capital letters: readable at 240 as well as at 1080 lines.
    var capHeight: Double { Self.capHeight(paneWidth, paneHeight) }

    private static func capHeight(_ paneWidth: Int, _ paneHeight: Int) -> Double {
        min(max(min(Double(paneHeight) / 26, Double(paneWidth) / 34), 9), 22)
    }

    private static func titleHeight(_ paneWidth: Int, _ paneHeight: Int) -> Int {
        // Capital letters with ascenders, descenders and a small margin.
        even(capHeight(paneWidth, paneHeight) * 1.8)
    }

    private static func even(_ length: Double) -> Int { max(Int((length / 2).rounded()) * 2, 2) }

    private struct Grid {
        let columns: Int
        let rows: Int

        /// A cost for deviating from a screen's aspect ratio and for empty panes; rounded to a millionth, so that equal
        /// grids compare equal.
        func misfit(_ count: Int, ratio: Double) -> Double {
            let whole = ratio * Double(columns) / Double(rows)
            let empty = Double(columns * rows - count) / Double(columns * rows)
            return ((abs(log(whole / PaneLayout.screen)) + 1.5 * empty) * 1e6).rounded()
        }
    }
}
