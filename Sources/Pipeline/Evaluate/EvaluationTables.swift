/// An evaluation as tables for spreadsheets (RFC 4180).
enum EvaluationTables {
    /// One line per clip.
    static func clips(_ clips: [ClipEvaluation], labels: [String]) -> String {
        func name(_ index: Int?) -> String { index.map { $0 < labels.count ? labels[$0] : "" } ?? "" }
        let head = [
            "clip", "label", "label_name", "predicted", "predicted_name", "rank", "probability", "windows", "error",
        ]
        return table(
            [head]
                + clips.map { clip in
                    [
                        clip.clip, "\(clip.label)", name(clip.label), clip.predicted.map(String.init) ?? "",
                        name(clip.predicted), clip.rank.map(String.init) ?? "",
                        clip.probability.map { "\($0)" } ?? "", clip.windows.map(String.init) ?? "", clip.error ?? "",
                    ]
                })
    }

    /// One line per clip and method, and one per clip for the random order.
    static func evidence(_ clips: [ClipEvaluation]) -> String {
        let rows = clips.flatMap { clip in
            (clip.evidence.map { [("random", $0.random)] + $0.methods.map { ($0.name, $0.areas) } } ?? []).map {
                [
                    clip.clip, $0, "\($1.deletion)", "\($1.insertion)", $1.information.map { "\($0.area)" } ?? "",
                ]
            }
        }
        return table([["clip", "method", "deletion", "insertion", "information"]] + rows)
    }

    /// One row per class of the list and one column per predicted class.
    static func confusion(_ result: EvaluationResult, labels: [String]) -> String {
        func name(_ index: Int) -> String { index < labels.count ? labels[index] : "\(index)" }
        let counts = Dictionary(
            result.confusion.map { ([$0.label, $0.predicted], $0.clips) }, uniquingKeysWith: +)
        let indices = result.classes.map(\.index)
        return table(
            [["label \\ predicted"] + indices.map(name)]
                + indices.map { label in
                    [name(label)] + indices.map { "\(counts[[label, $0]] ?? 0)" }
                })
    }

    private static func table(_ rows: [[String]]) -> String {
        rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    static func field(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
