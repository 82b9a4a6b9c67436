/// For how long the ledger remembers jobs that are over.
struct LedgerSettings: Sendable, Equatable {
    /// Days; nil for ever.
    var keepAge: Double?
    /// Jobs; nil for any number.
    var keepJobs: Int?

    /// What stands for no limit.
    static let all = "all"
    static let ages = 1.0...36_500
    static let numbers = 1000...100_000_000
    static let usual = LedgerSettings(keepAge: 365, keepJobs: 100_000)
}
