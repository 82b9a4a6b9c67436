/// Finds the names that a user may have meant by an unknown name.
public enum NearMisses {
    /// The minimum number of letters for which a name that is part of another counts as similar.
    private static let minimumPartLength = 3

    /// Up to three names that contain the wanted one, are contained in it, or are spelt similarly; the most similar
    /// first.
    ///
    /// Case, `_`, `-` and surrounding space are ignored.
    public static func of(_ wanted: String, in names: [String]) -> [String] {
        let wanted = plain(wanted)
        let scored: [(name: String, distance: Int, order: Int)] = names.enumerated().compactMap { order, name in
            let plain = Self.plain(name)
            let isPart =
                min(wanted.count, plain.count) >= minimumPartLength
                && (plain.contains(wanted) || wanted.contains(plain))
            if isPart { return (name, 0, order) }
            let distance = editDistance(wanted, plain)
            return distance <= tolerance(wanted) ? (name, distance, order) : nil
        }
        let same = scored.filter { Self.plain($0.name) == wanted }
        if !same.isEmpty { return same.map(\.name) }
        return scored.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }.prefix(3).map(\.name)
    }

    /// The similar names as the end of a sentence: "; did you mean grad-cam or hires-cam?"; empty if there are none.
    public static func hint(_ wanted: String, in names: [String]) -> String {
        let near = of(wanted, in: names)
        guard let last = near.last else { return "" }
        let others = near.dropLast().joined(separator: ", ")
        return "; did you mean \(others.isEmpty ? last : "\(others) or \(last)")?"
    }

    /// The error for a word that is not on a list: "there is no method 'gradcam'; did you mean grad-cam? There are …".
    public static func missing(_ wanted: String, kind: String? = nil, in names: [String]) -> String {
        let hint = hint(wanted, in: names)
        let word = [kind, "'\(wanted)'"].compactMap(\.self).joined(separator: " ")
        return "there is no \(word)\(hint.isEmpty ? "; there" : "\(hint) There") are \(names.joined(separator: ", "))"
    }

    /// The name without what makes no difference: case, `_`, `-` and surrounding space.
    package static func plain(_ name: String) -> String {
        let words = name.lowercased().split { $0 == "_" || $0 == "-" || $0.isWhitespace }
        return words.joined(separator: " ")
    }

    /// The maximum edit distance for a word of this length.
    private static func tolerance(_ word: String) -> Int {
        word.count <= minimumPartLength ? 1 : max(2, word.count / 3)
    }

    /// The minimum number of insertions, deletions, replacements and swaps of neighbours that turn one word into the
    /// other (optimal string alignment).
    static func editDistance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a), Array(b))
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for (j, y) in b.enumerated() {
                var distance = min(last[j] + (x == y ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { distance = min(distance, beforeLast[j - 1] + 1) }
                row.append(distance)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
