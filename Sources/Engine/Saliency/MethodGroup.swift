/// A method that needs the gradient of the whole clip by one rule, and no other pass over it than the forward pass.
public protocol ClipGradientMethod: SaliencyMethod {
    /// How the gradient passes a ReLU.
    var rule: GradientRule { get }
}

/// Methods that explain the same clip with one session and share what they have in common: the forward pass over the
/// unchanged clip, the activations at their endpoints, and the backward passes to the clip with the same rule.
///
/// Every explanation has the same bits as that of its method alone.
public struct MethodGroup: Sendable {
    public let methods: [any SaliencyMethod]
    /// The indices of methods that leave the clip unchanged while they compute, in an order in which equal backward
    /// passes follow one another.
    private let sharing: [Int]
    /// The indices of all others.
    private let others: [Int]
    private let endpoints: Set<String>

    public init(_ methods: [any SaliencyMethod]) {
        self.methods = methods
        func place(_ method: any SaliencyMethod) -> Int? {
            // After the pass that it can share, an endpoint method makes another, which ends at its endpoint.
            let isEndpoint = method is any EndpointMethod
            return switch (method as? any ClipGradientMethod)?.rule {
            case .gradient: isEndpoint ? 1 : 0
            case .guided: isEndpoint ? 3 : 2
            case nil: isEndpoint ? 4 : nil
            }
        }
        let places = methods.map(place)
        sharing = (0...4).flatMap { place in methods.indices.filter { places[$0] == place } }
        others = methods.indices.filter { places[$0] == nil }
        endpoints = Set(methods.compactMap { ($0 as? any EndpointMethod)?.endpoint })
    }

    /// Explains the session's clip by every method for every target.
    ///
    /// - Parameters:
    ///   - session: holds the clip, which is unchanged afterwards.
    ///   - targets: what is explained.
    ///   - control: cancels the computation and receives its progress.
    ///   - receive: called with each explanation, the method's index in `methods` and the target's in `targets`, in no
    ///     particular order; so that not all maps have to be kept.
    /// - Throws: `invalidRequest` or `labels` if a target does not exist; `cancelled`.
    public func explain(
        _ session: EngineSession, targets: [SaliencyTarget], control: RunControl = RunControl(),
        receive: (_ method: Int, _ target: Int, Explanation) -> Void
    ) throws(ModelError) {
        let earlier = (session.reusesForward, session.reusesBackward, session.keptEndpoints)
        (session.reusesForward, session.reusesBackward, session.keptEndpoints) = (true, true, endpoints)
        defer { (session.reusesForward, session.reusesBackward, session.keptEndpoints) = earlier }
        let count = sharing.count * targets.count + others.count
        var done = 0
        for (place, target) in targets.enumerated() {
            for index in sharing {
                let part = control.part(done, of: count)
                receive(index, place, try methods[index].explain(session, target: target, control: part))
                done += 1
            }
        }
        for index in others {
            let part = control.part(done, of: count)
            for (place, explanation) in try methods[index].explain(session, targets: targets, control: part)
                .enumerated()
            {
                receive(index, place, explanation)
            }
            done += 1
        }
    }

    /// About how many passes one call of `explain` takes, in forward passes.
    ///
    /// - Parameters:
    ///   - alone: the cost of each method alone for one target.
    ///   - targets: their number.
    public func cost(alone: [PassCount], targets: Int = 1) -> Int {
        let rules = Set(methods.compactMap { ($0 as? any ClipGradientMethod)?.rule })
        let own = others.reduce(0) { sum, index in
            sum + alone[index].forward - 1 + alone[index].backward * targets
        }
        return 1 + rules.count * targets + own
    }
}
