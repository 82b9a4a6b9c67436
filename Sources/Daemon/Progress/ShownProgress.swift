import Pipeline

/// A state of work that `ProgressReporter` can show.
protocol ShownProgress {
    /// One line that fits a terminal of so many columns.
    func line(columns: Int) -> String
    /// One JSON object.
    func jsonLine(isLast: Bool) -> String
}

extension JobProgress: ShownProgress {
    func line(columns: Int) -> String { ProgressLine.text(self, columns: columns) }
    func jsonLine(isLast: Bool) -> String { ProgressLine.json(self, isLast: isLast) }
}

extension TransferProgress: ShownProgress {
    func line(columns: Int) -> String { TransferLine.text(self, columns: columns) }
    func jsonLine(isLast: Bool) -> String { TransferLine.json(self, isLast: isLast) }
}
