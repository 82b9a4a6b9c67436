/// How a session's clip differs from the one that its last forward pass was over.
enum ClipChange: Equatable {
    /// In everything, or there was no such pass.
    case everything
    /// It has slid by so many frames, and the last as many are new.
    case slid(by: Int)
    /// In these frames at most.
    case frames(Range<Int>)

    /// The same after frame `index` of `count` has been set.
    func afterChange(at index: Int, of count: Int) -> ClipChange {
        switch self {
        case .everything:
            return .everything
        case .slid(let frames):
            return index < count - frames ? .everything : self
        case .frames(let frames):
            guard !frames.isEmpty else { return .frames(index..<index + 1) }
            return .frames(min(frames.lowerBound, index)..<max(frames.upperBound, index + 1))
        }
    }
}
