import CKernels

/// Limits the freed memory that the process keeps.
public enum ProcessMemory {
    /// malloc creates an arena for each new thread, up to eight per core, and each keeps free blocks that other arenas
    /// cannot use: with a few threads per connection, memory would grow over hundreds of connections.
    private static let maximumArenas: Int32 = 2
    /// Makes threads share a few malloc arenas, for processes that run for months. Call it before threads are created.
    public static func limitArenas() { engine_limit_arenas(maximumArenas) }
    /// Returns freed memory to the system. Takes a few milliseconds.
    public static func trim() { engine_trim_memory() }
}
