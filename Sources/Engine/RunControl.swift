/// What a caller says to a long computation, and hears from it.
public struct RunControl {
    /// Asked between layers; once it says yes, the computation throws `ModelError` with the code `cancelled`.
    public var isCancelled: () -> Bool
    /// The part that is done, 0…1, on the thread that computes.
    public var progress: (Double) -> Void

    public init(isCancelled: @escaping () -> Bool = { false }, progress: @escaping (Double) -> Void = { _ in }) {
        self.isCancelled = isCancelled
        self.progress = progress
    }

    /// What one of `count` equal parts of the computation is given: its progress is a part of this one's.
    func part(_ index: Int, of count: Int) -> RunControl {
        let progress = progress
        return RunControl(isCancelled: isCancelled) { progress((Double(index) + $0) / Double(count)) }
    }

    func check() throws(ModelError) {
        if isCancelled() { throw ModelError(.cancelled, "cancelled") }
    }
}
