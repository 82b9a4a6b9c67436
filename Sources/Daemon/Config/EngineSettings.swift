import Engine
import Pipeline

/// What the engine may use.
struct EngineSettings: Sendable, Equatable {
    /// Nil for one a usable core.
    var threads: Int?
    var memory: MemoryUse
    /// Videos annotated at the same time; each has its share of the threads.
    var jobs: Int
    /// Bytes that the pictures of one job may take; nil for half of the memory, shared among the jobs.
    var pictureMemory: Int?

    /// Bytes that the pictures of one job may take.
    var pictureLimit: Int { pictureMemory ?? MemoryBudget.total / 2 / jobs }
}
