import Files
import FoundationEssentials
import Pipeline

/// Formats the result of `fit` as tables.
enum FitTable {
    /// The maximum number of classes for which the confusion is shown; the record always has it.
    private static let mostClasses = 20
    /// The maximum length of a label, in characters.
    private static let labelWidth = 32

    static func text(_ result: FitResult) -> String {
        var blocks = [summary(result), classes(result)]
        if result.heldOut.classes.count <= mostClasses { blocks.append(confusion(result)) }
        return blocks.joined(separator: "\n\n")
    }

    private static func summary(_ result: FitResult) -> String {
        let correct = result.heldOut.classes.reduce(0) { $0 + $1.correct }
        let way = result.isStrengthGiven ? "given" : "the best of \(result.strengths.count)"
        return """
            \(result.clips.counted("clip")) of \(result.heldOut.classes.count.counted("class", "classes")), \
            \(result.features.counted("feature")) of \(result.base.name)
            Cross-validation in \(result.folds) parts, seed \(result.seed): \
            \(String(printf: "%.1f %%", result.heldOut.accuracy * 100)) of held-out clips correct (\(correct) of \(result.clips)), \
            log-loss \(String(printf: "%.3f", result.heldOutLogLoss))
            Strength of the L2 regularisation: \(result.strength) (\(way))
            """
    }

    private static func classes(_ result: FitResult) -> String {
        let report = result.heldOut
        var rows = [["", "clips", "precision", "recall", "F1"]]
        rows += report.classes.map {
            [name($0), "\($0.clips)", figure($0.precision), figure($0.recall), figure($0.f1)]
        }
        rows.append(
            ["mean", "\(result.clips)", figure(report.meanPrecision), figure(report.meanRecall), figure(report.meanF1)])
        return table(rows)
    }

    private static func confusion(_ result: FitResult) -> String {
        let classes = result.heldOut.classes
        var counts = classes.map { _ in classes.map { _ in 0 } }
        for pair in result.heldOut.confusion { counts[pair.label][pair.predicted] = pair.clips }
        let rows = [[""] + classes.map { "\($0.index + 1)" }]
        let lines = zip(classes, counts).map { one, counts in
            ["\(one.index + 1) \(name(one))"] + counts.map { $0 == 0 ? "." : "\($0)" }
        }
        return "Class of the clip (row) and answer (column), held out:\n" + table(rows + lines)
    }

    private static func name(_ one: ClassificationReport.Class) -> String {
        let name = one.label ?? "class \(one.index)"
        return name.count > labelWidth ? name.prefix(labelWidth - 1) + "…" : name
    }

    private static func figure(_ value: Double) -> String { String(printf: "%.3f", value) }

    /// The first column to the left, the others to the right.
    private static func table(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

extension FitProgress: DisplayableProgress {
    private struct JSONFields: Encodable {
        var event = "progress"
        var stage: Stage
        var done: Int
        var total: Int
        var etaSeconds: Double?
    }

    func line(columns: Int) -> String {
        let parts = [
            ProgressFormatter.bar(Double(done) / Double(max(total, 1))),
            remainingSeconds.flatMap { $0 > 0 ? "ETA \(ProgressFormatter.clockTime($0))" : nil },
            stage == .features ? "features of \(done) of \(total.counted("clip"))" : "fit \(done) of \(total)",
        ]
        return String(parts.compactMap(\.self).joined(separator: "  ").prefix(max(20, columns - 1)))
    }

    func jsonLine(isLast: Bool) -> String {
        JSONLine.text(
            JSONFields(
                stage: stage, done: done, total: total, etaSeconds: remainingSeconds.map(ProgressFormatter.rounded)))
    }
}

/// The end of a fit.
struct FitCompletion: DisplayableProgress {
    private struct JSONFields: Encodable {
        var event = "done"
        var clips: Int
        var unreadable: Int
        var accuracy: Double
    }

    private let fields: JSONFields

    init(_ result: FitResult) {
        fields = JSONFields(
            clips: result.clips, unreadable: result.unreadable.count, accuracy: result.heldOut.accuracy)
    }

    func line(columns: Int) -> String { ProgressFormatter.bar(1) }

    func jsonLine(isLast: Bool) -> String { JSONLine.text(fields) }
}
