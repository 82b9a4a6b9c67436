/// What a user may have meant by a name that there is not.
public enum NearMisses {
    /// Up to three names that contain the wanted one's words or are spelt nearly so; the nearest first.
    ///
    /// Case, `_`, `-` and surrounding space make no difference.
    public static func of(_ wanted: String, in names: [String]) -> [String] {
        let wanted = plain(wanted)
        let scored: [(name: String, distance: Int, order: Int)] = names.enumerated().compactMap { order, name in
            let plain = plain(name)
            if !wanted.isEmpty, plain.contains(wanted) || wanted.contains(plain) { return (name, 0, order) }
            let distance = editDistance(wanted, plain)
            return distance <= max(2, wanted.count / 3) ? (name, distance, order) : nil
        }
        return scored.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }.prefix(3).map(\.name)
    }

    static func plain(_ name: String) -> String {
        let words = name.lowercased().split { $0 == "_" || $0 == "-" || $0.isWhitespace }
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
