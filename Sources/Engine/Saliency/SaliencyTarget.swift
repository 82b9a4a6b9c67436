/// Which class an explanation explains.
public enum SaliencyTarget: Sendable, Hashable {
    /// The one with the largest logit (the first of several).
    case top1
    /// A class index, from 0.
    case index(Int)
    /// A label of the model's manifest; case, `_` and `-` do not matter.
    case label(String)

    /// As users write it: `top1`, a number, or a label.
    public init(_ text: String) {
        if text == "top1" {
            self = .top1
        } else if let index = Int(text) {
            self = .index(index)
        } else {
            self = .label(text)
        }
    }

    /// The class index, given the logits in class order.
    ///
    /// - Throws: `invalidRequest` for an index out of range, `labels` for an unknown label, with near ones named.
    public func resolve(logits: [Float], manifest: ModelManifest) throws(ModelError) -> Int {
        if let index = try resolve(manifest: manifest) { return index }
        return logits.indices.max { (logits[$0], $1) < (logits[$1], $0) } ?? 0
    }

    /// The class index as far as it is known without logits: nil for `top1`. Finds mistakes before work begins.
    @discardableResult
    public func resolve(manifest: ModelManifest) throws(ModelError) -> Int? {
        switch self {
        case .top1:
            return nil
        case .index(let index):
            guard index >= 0, index < manifest.classCount else {
                throw ModelError(
                    .invalidRequest, "there is no class \(index); the model has 0 to \(manifest.classCount - 1)")
            }
            return index
        case .label(let label):
            return try LabelSearch(labels: manifest.labels).index(of: label)
        }
    }
}
