/// A box of a clip.
struct SpaceTimeBox: Equatable {
    let frames: Range<Int>
    let rows: Range<Int>
    let columns: Range<Int>

    /// Hands out the places of the box's pixels in `[T, H, W]`, row by row.
    func forEachRow(in shape: ClipShape, _ body: (Range<Int>) -> Void) {
        for frame in frames {
            for row in rows {
                let first = (frame * shape.height + row) * shape.width
                body(first + columns.lowerBound..<first + columns.upperBound)
            }
        }
    }
}
