import CKernels

/// What the process keeps of memory that was freed.
public enum ProcessMemory {
    /// malloc makes a heap for each new thread, up to eight a core, and each keeps holes that no other can use: with a few
    /// threads a connection, memory would go on growing for hundreds of connections.
    private static let heaps: Int32 = 2

    /// Lets threads share their heaps from now on: for what runs for months. To be called before threads are made.
    public static func limitArenas() { engine_limit_heaps(heaps) }

    /// Gives back to the system what was taken and freed. Takes some milliseconds.
    public static func trim() { engine_return_memory() }
}
