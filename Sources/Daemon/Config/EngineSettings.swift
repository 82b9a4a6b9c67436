import Engine

/// What the engine may use.
struct EngineSettings: Sendable, Equatable {
    /// Nil for one a usable core.
    var threads: Int?
    var memory: MemoryUse
    /// Videos annotated at the same time; each has its share of the threads.
    var jobs: Int
}
