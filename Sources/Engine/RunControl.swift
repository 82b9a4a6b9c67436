/// Cancels a long computation and reports its progress.
public struct RunControl {
    /// Called between layers; when it returns true, the computation throws `ModelError` with the code `cancelled`.
    public var isCancelled: () -> Bool
    /// Called with the part that is done, 0…1, on the calling thread.
    public var progress: (Double) -> Void

    public init(isCancelled: @escaping () -> Bool = { false }, progress: @escaping (Double) -> Void = { _ in }) {
        self.isCancelled = isCancelled
        self.progress = progress
    }

    /// The control of one of `count` equal parts of the computation, whose progress is a part of this one's.
    func part(_ index: Int, of count: Int) -> RunControl {
        let progress = progress
        return RunControl(isCancelled: isCancelled) { progress((Double(index) + $0) / Double(count)) }
    }

    func check() throws(ModelError) {
        if isCancelled() { throw ModelError(.cancelled, "cancelled") }
    }
}
