import Engine
import Files
import FoundationEssentials
import Pipeline

/// Formats the cost and quality of methods as a table.
enum CompareTable {
    static func text(_ result: CompareResult) -> String {
        var blocks = [costs(result)]
        if !result.summary.evidenceWindows.isEmpty {
            if let similarity = result.summary.similarity, result.summary.methods.count > 1 {
                blocks.append(
                    "How alike their maps are, by rank correlation:\n" + matrix(similarity.rankCorrelation, result))
            }
            blocks.append(legend(result))
        }
        return blocks.joined(separator: "\n\n")
    }

    private static func costs(_ result: CompareResult) -> String {
        let summary = result.summary
        let hasEvidence = !summary.evidenceWindows.isEmpty
        let hasMasks = summary.methods.contains { $0.evidence?.mask != nil }
        var header = ["", "passes", "seconds"]
        if hasEvidence { header += ["deletion", "insertion", "unexplained", "edges"] }
        if hasMasks { header += ["in mask", "hits"] }
        var rows = [header]
        for method in summary.methods {
            var row = [method.label, String(method.cost.multiple), figure(method.cost.seconds, digits: 3)]
            if hasEvidence {
                let evidence = method.evidence
                row += [
                    figure(evidence?.deletion), figure(evidence?.insertion), figure(evidence?.unexplained),
                    figure(evidence?.edges.rankCorrelation),
                ]
            }
            if hasMasks {
                let mask = method.evidence?.mask
                row += [
                    figure(mask?.energy), mask.map { "\($0.hits) of \($0.frames)" } ?? "–",
                ]
            }
            rows.append(row)
        }
        if let random = summary.random {
            var row = ["random order", "", "", figure(random.deletion), figure(random.insertion), "", ""]
            if hasMasks {
                row += [figure(summary.methods.lazy.compactMap { $0.evidence?.mask?.area }.first), ""]
            }
            rows.append(row)
        }
        return table(rows)
    }

    private static func matrix(_ values: [[Double?]], _ result: CompareResult) -> String {
        let labels = result.summary.methods.map(\.label)
        let header = [""] + values.indices.map { String($0 + 1) }
        return table(
            [header]
                + values.indices.map { row in
                    ["\(row + 1) \(labels[row])"] + values[row].map { figure($0, digits: 2) }
                })
    }

    private static func legend(_ result: CompareResult) -> String {
        let summary = result.summary
        let windows = summary.evidenceWindows.count
        let cost = summary.evidenceCost.map {
            ", \($0.multiple.counted("pass", "passes")) and " + String(printf: "%.1f s each", $0.seconds)
        }
        return """
            passes: a backward pass counts as a forward pass (\(figure(summary.forwardSeconds, digits: 3)) s); seconds: of a window, \
            median
            deletion: small is good; insertion: large; unexplained: small; edges: what a map shares with the frames' edges
            Evidence is of \(windows) of \(result.windows.count.counted("window"))\(cost ?? ""). docs/compare.md says more.
            """
    }

    /// Aligns the first column to the left, the others to the right.
    private static func table(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + space : space + text
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    private static func figure(_ value: Double?, digits: Int = 3) -> String {
        value.map { String(printf: "%.\(digits)f", $0) } ?? "–"
    }
}
