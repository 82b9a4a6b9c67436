import Glibc

/// The number that is explained, as users name it.
public indirect enum SaliencyTarget: Sendable, Hashable {
    /// The class with the largest logit (the first of several). In a contrast: the best class that is not the other
    /// one.
    case top1
    /// A class index, from 0.
    case index(Int)
    /// A label of the model's manifest; case, `_` and `-` do not matter.
    case label(String)
    /// One class's logit minus another's: why this class and not that one.
    case contrast(SaliencyTarget, SaliencyTarget)
    /// The logarithm of a class's probability, which falls when another class's logit rises.
    case logProbability(SaliencyTarget)

    /// Parses `top1`, a class index, a label, `contrast:A,B` or `log-prob:A`.
    public init(_ text: String) {
        if let rest = text.stripped(of: "log-prob:") {
            self = .logProbability(Self(simple: rest))
        } else if let rest = text.stripped(of: "contrast:") {
            let comma = rest.firstIndex(of: ",") ?? rest.endIndex
            self = .contrast(
                Self(simple: String(rest[..<comma])), Self(simple: String(rest[comma...].dropFirst())))
        } else {
            self.init(simple: text)
        }
    }

    private init(simple text: String) {
        if text == "top1" {
            self = .top1
        } else if let index = Int(text) {
            self = .index(index)
        } else {
            self = .label(text)
        }
    }

    /// The number to explain, given the logits in class order.
    ///
    /// - Throws: `invalidRequest` for an index out of range or a contrast without two classes; `labels` for an unknown
    ///   label, with similar labels.
    public func resolved(logits: [Float], manifest: ModelManifest) throws(ModelError) -> ResolvedTarget {
        let known = try resolve(manifest: manifest)
        switch self {
        case .top1, .index, .label:
            return ResolvedTarget(index: known ?? logits.best())
        case .contrast(_, let other):
            let other = try other.resolve(manifest: manifest)
            let index = known ?? logits.best(besides: other)
            return ResolvedTarget(index: index, contrast: other ?? logits.best(besides: index))
        case .logProbability(let target):
            let inner = try target.resolved(logits: logits, manifest: manifest)
            return ResolvedTarget(index: inner.index, contrast: inner.contrast, isLogProbability: true)
        }
    }

    /// The index of the explained class, given the logits in class order.
    ///
    /// - Throws: as `resolved`.
    public func resolve(logits: [Float], manifest: ModelManifest) throws(ModelError) -> Int {
        try resolved(logits: logits, manifest: manifest).index
    }

    /// The index of the explained class if it is known without logits, otherwise (for `top1`) nil. Finds mistakes
    /// before any work begins.
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
        case .contrast(let target, let other):
            guard other != .label(""), target != .label("") else {
                throw ModelError(.invalidRequest, "contrast: takes two classes, as in contrast:left,right")
            }
            let index = try target.resolve(manifest: manifest)
            let taken = try other.resolve(manifest: manifest)
            guard manifest.classCount > 1, index == nil || index != taken else {
                throw ModelError(.invalidRequest, "a contrast is between two different classes")
            }
            return index
        case .logProbability(let target):
            return try target.resolve(manifest: manifest)
        }
    }
}

extension [Float] {
    /// The index of the largest element, the first of several.
    fileprivate func best(besides other: Int? = nil) -> Int {
        indices.filter { $0 != other }.max { (self[$0], $1) < (self[$1], $0) } ?? 0
    }
}

extension String {
    fileprivate func stripped(of prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}

/// The number that is explained, for classes that are known.
public struct ResolvedTarget: Sendable, Hashable {
    /// The explained class.
    public let index: Int
    /// The class whose logit is subtracted; nil without a contrast.
    public let contrast: Int?
    /// Whether the number is the natural logarithm of the class's probability instead of its logit. Makes no difference
    /// for a contrast.
    public let isLogProbability: Bool

    public init(index: Int, contrast: Int? = nil, isLogProbability: Bool = false) {
        self.index = index
        self.contrast = contrast
        self.isLogProbability = isLogProbability
    }

    /// The number that is explained, given the logits in class order.
    public func value(of logits: [Float]) -> Double {
        let logit = Double(logits[index])
        if let contrast { return logit - Double(logits[contrast]) }
        guard isLogProbability else { return logit }
        let largest = Double(logits.max() ?? 0)
        return logit - largest - log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) })
    }

    /// The derivative of the number with respect to every logit, at these logits.
    func seed(at logits: [Float]) -> [Float] {
        var seed = [Float](repeating: 0, count: logits.count)
        if isLogProbability, contrast == nil {
            seed = Explanation.probabilities(logits: logits).map { Float(-$0) }
        }
        seed[index] += 1
        if let contrast { seed[contrast] -= 1 }
        return seed
    }
}

/// Finds a class by the label that a user typed.
struct LabelSearch {
    let labels: [String]

    /// The first class with exactly this label, or else the first if case, `_`, `-` and surrounding space are ignored.
    ///
    /// - Throws: `labels`, naming up to three similar labels.
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
