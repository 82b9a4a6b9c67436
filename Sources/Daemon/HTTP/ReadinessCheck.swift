import Jobs

/// Looks whether the daemon can do its work. Whoever asks while a look is made shares it: it writes to every disk.
actor ReadinessCheck {
    private let dependencies: HTTPDependencies
    private var look: Task<[String], Never>?

    init(_ dependencies: HTTPDependencies) {
        self.dependencies = dependencies
    }

    /// Why it cannot; empty if it can.
    func reasons() async -> [String] {
        if let look { return await look.value }
        let new = Task { [dependencies] in await Self.reasons(dependencies) }
        look = new
        let reasons = await new.value
        look = nil
        return reasons
    }

    /// The model is loaded before anything is served.
    private static func reasons(_ dependencies: HTTPDependencies) async -> [String] {
        var reasons: [String] = []
        do {
            try await dependencies.desk { ledger throws(LedgerError) in try ledger.probe() }
        } catch {
            reasons.append("the ledger \(error.reason)")
        }
        return reasons + (await FolderCheck.everything(dependencies.book.all))
    }
}
