/// Who is served next among watches that have jobs of the same priority: the one that was served longest ago.
struct WatchTurns {
    private var served: [String?: UInt64] = [:]
    private var count: UInt64 = 0

    /// - Parameter jobs: of each watch the one whose turn it is within it.
    func next(of jobs: [StoredJob]) -> StoredJob? {
        jobs.min { first, second in
            let (one, other) = (first.job, second.job)
            if one.priority != other.priority { return one.priority > other.priority }
            return (served[one.watch] ?? 0, one.id) < (served[other.watch] ?? 0, other.id)
        }
    }

    /// The watch gives way to the others from now on.
    mutating func serve(_ watch: String?) {
        count += 1
        served[watch] = count
    }
}
