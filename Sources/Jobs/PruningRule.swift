import Foundation

/// Which jobs may be forgotten.
public struct PruningRule: Sendable, Hashable {
    /// Those that ended before; nil for none by age.
    public var before: Date?
    /// All but the newest so many of those that are over; nil for none by number.
    public var most: Int?

    public init(before: Date?, most: Int?) {
        self.before = before
        self.most = most
    }
}
