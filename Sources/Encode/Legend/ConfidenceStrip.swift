/// The explained class's probability over time, as columns of a strip: over the whole video if its duration is known,
/// otherwise over the last 60 seconds.
struct ConfidenceStrip {
    /// The content of a column.
    struct Column: Equatable {
        /// 0…1
        var probability: Double
        /// Alternates when the explained class changes, so that adjacent classes are distinguishable.
        var isOdd: Bool
    }

    /// The seconds shown if the duration is not known.
    static let span = 60.0

    /// From left to right; nil where nothing is explained (yet).
    private(set) var columns: [Column?]
    /// The column of the newest time; nil before the first time.
    private(set) var cursor: Int?

    private let secondsPerColumn: Double
    private let isWhole: Bool
    /// The number of the newest time's column, counted from time 0.
    private var newest = -1
    private var text: String?
    private var isOdd = false

    /// - Parameters:
    ///   - width: in columns, at least 1.
    ///   - duration: the video's duration in seconds; nil if it is not known.
    init(width: Int, duration: Double?) {
        columns = [Column?](repeating: nil, count: width)
        let known = duration.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        isWhole = known != nil
        secondsPerColumn = (known ?? Self.span) / Double(width)
    }

    /// Adds a time; times must not decrease.
    ///
    /// - Parameter answer: the explained class at that time and its probability; nil if nothing is explained.
    mutating func add(_ answer: (text: String, probability: Double)?, at time: Double) {
        guard time.isFinite, time >= 0, time / secondsPerColumn < 1e12 else { return }
        var column = Int(time / secondsPerColumn)
        if isWhole { column = min(column, columns.count - 1) }
        guard column >= newest else { return }
        if let answer, answer.text != text {
            isOdd = text == nil ? false : !isOdd
            text = answer.text
        }
        let value = answer.map { Column(probability: min(max($0.probability, 0), 1), isOdd: isOdd) }
        if isWhole {
            for index in max(newest + 1, 0)..<max(column + 1, newest + 1) { columns[index] = value }
            columns[column] = value
            cursor = column
        } else {
            let shift = min(max(column - max(newest, columns.count - 1), 0), columns.count)
            if shift > 0 {
                columns.removeFirst(shift)
                columns += [Column?](repeating: nil, count: shift)
            }
            let end = min(column, columns.count - 1)
            let new = min(column - newest, end + 1)
            for index in end - max(new - 1, 0)...end { columns[index] = value }
            cursor = end
        }
        newest = column
    }
}
