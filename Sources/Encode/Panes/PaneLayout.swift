import Glibc
import Media

/// Where titled panes of one size lie in one frame: in a grid, row by row, each below its title.
///
/// All lengths are in pixels, and even, so that chroma ends where luma does.
public struct PaneLayout: Sendable, Hashable {
    /// The frame that all panes are to fit into unless a width is asked for.
    public static let largest = (width: 1920, height: 1080)
    /// The frame that they have to fit into in any case.
    public static let limit = (width: 7680, height: 4320)
    public static let paneWidths = 64...3840
    /// Panes of smaller sources are enlarged to this: titles have to be read.
    public static let minimumWidth = 240
    public static let maximumPanes = 16

    /// What a screen is taken to be: its width to its height.
    private static let screen = 16.0 / 9
    /// Between panes, and around all.
    private static let gap = 4

    public let count: Int
    public let columns: Int
    public let rows: Int
    public let paneWidth: Int
    public let paneHeight: Int
    /// Of the strip above each pane.
    public let titleHeight: Int

    /// - Parameters:
    ///   - count: 1 to `maximumPanes`.
    ///   - width: of the source's upright frame.
    ///   - height: likewise.
    ///   - aspect: width to height of one source pixel; panes have square ones.
    ///   - paneWidth: nil for the source's, at least `minimumWidth`, and so much that all fits into `largest`.
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
        // Of equally good ones the widest.
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

    /// Of all panes together.
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

    /// Of the titles' capitals: readable at 240 lines as at 1080.
    var capHeight: Double { Self.capHeight(paneWidth, paneHeight) }

    private static func capHeight(_ paneWidth: Int, _ paneHeight: Int) -> Double {
        min(max(min(Double(paneHeight) / 26, Double(paneWidth) / 34), 9), 22)
    }

    private static func titleHeight(_ paneWidth: Int, _ paneHeight: Int) -> Int {
        // What capitals reach into above and below them, and a little air.
        even(capHeight(paneWidth, paneHeight) * 1.8)
    }

    private static func even(_ length: Double) -> Int { max(Int((length / 2).rounded()) * 2, 2) }

    private struct Grid {
        let columns: Int
        let rows: Int

        /// How far all is from a screen's shape, and how much of it stays empty; to a millionth, so that equals are equal.
        func misfit(_ count: Int, ratio: Double) -> Double {
            let whole = ratio * Double(columns) / Double(rows)
            let empty = Double(columns * rows - count) / Double(columns * rows)
            return ((abs(log(whole / PaneLayout.screen)) + 1.5 * empty) * 1e6).rounded()
        }
    }
}
