/// Finds a class by the label a user typed.
struct LabelSearch {
    let labels: [String]

    /// The first class of that label: as spelt, else regardless of case, `_`, `-` and surrounding space.
    ///
    /// - Throws: `labels`, naming up to three labels that look alike.
    func index(of label: String) throws(ModelError) -> Int {
        if let index = labels.firstIndex(of: label) { return index }
        let wanted = NearMisses.plain(label)
        if let index = labels.firstIndex(where: { NearMisses.plain($0) == wanted }) { return index }
        guard !labels.isEmpty else {
            throw ModelError(.labels, "the model has no labels; give a class index instead of \"\(label)\"")
        }
        let near = NearMisses.of(label, in: labels).map { "\"\($0)\"" }
        throw ModelError(
            .labels,
            "there is no label \"\(label)\"" + (near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))"))
    }
}
