/// Finds a class by the label a user typed.
struct LabelSearch {
    let labels: [String]

    /// The first class of that label: as spelt, else regardless of case, `_`, `-` and surrounding space.
    ///
    /// - Throws: `labels`, naming up to three labels that look alike.
    func index(of label: String) throws(ModelError) -> Int {
        if let index = labels.firstIndex(of: label) { return index }
        let wanted = Self.plain(label)
        if let index = labels.firstIndex(where: { Self.plain($0) == wanted }) { return index }
        guard !labels.isEmpty else {
            throw ModelError(.labels, "the model has no labels; give a class index instead of \"\(label)\"")
        }
        let near = nearest(to: wanted).map { "\"\($0)\"" }
        throw ModelError(
            .labels,
            "there is no label \"\(label)\"" + (near.isEmpty ? "" : "; near it are \(near.joined(separator: ", "))"))
    }

    /// Labels that contain the words, or are spelt nearly so; the nearest first.
    private func nearest(to wanted: String) -> [String] {
        let scored: [(label: String, distance: Int, order: Int)] = labels.enumerated().compactMap { order, label in
            let plain = Self.plain(label)
            if !wanted.isEmpty, plain.contains(wanted) || wanted.contains(plain) { return (label, 0, order) }
            let distance = Self.editDistance(wanted, plain)
            return distance <= max(2, wanted.count / 3) ? (label, distance, order) : nil
        }
        return scored.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }.prefix(3).map(\.label)
    }

    private static func plain(_ label: String) -> String {
        let words = label.lowercased().split { $0 == "_" || $0 == "-" || $0.isWhitespace }
        return words.joined(separator: " ")
    }

    /// Insertions, deletions and replacements that turn one into the other (Levenshtein).
    private static func editDistance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substitution = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, diagonal + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}
