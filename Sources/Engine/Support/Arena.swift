import Glibc

/// The one owner of a large block of memory, a session's or a unit's transformed filters: zeroed, page-aligned, resident only where it was touched.
struct Arena: ~Copyable {
    let base: UnsafeMutableRawPointer
    let size: Int

    /// - Parameter purpose: subject and verb of what the user is told if there is no memory.
    init(size: Int, purpose: String = "the clip needs") throws(ModelError) {
        guard size > 0,
            let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            base != MAP_FAILED
        else {
            throw ModelError(.tooLarge, "\(purpose) \(size / 1_000_000) MB of memory, which is not to be had")
        }
        // Large pages spare the address translation; where there are none, small ones do.
        _ = madvise(base, size, MADV_HUGEPAGE)
        self.base = base
        self.size = size
    }

    deinit {
        munmap(base, size)
    }
}
