import Glibc

/// The owner of a large block of memory (a session's, or that of a unit's filters): zeroed and page-aligned; pages
/// become resident when they are first touched.
struct Arena: ~Copyable {
    let base: UnsafeMutableRawPointer
    let size: Int

    /// - Parameter purpose: subject and verb of the error if there is not enough memory.
    init(size: Int, purpose: String = "the clip needs") throws(ModelError) {
        guard size > 0,
            let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            base != MAP_FAILED
        else {
            throw ModelError(.tooLarge, "\(purpose) \(size / 1_000_000) MB of memory, which is not available")
        }
        // Large pages reduce the cost of address translation. If there are none, small pages are used.
        _ = madvise(base, size, MADV_HUGEPAGE)
        self.base = base
        self.size = size
    }

    deinit {
        munmap(base, size)
    }
}

/// The offsets of all buffers of a session in its block of memory, planned before anything runs.
///
/// Time is counted in steps. Two buffers may share memory if they are never in use at the same time.
struct ArenaPlan {
    /// A buffer's size in bytes, and the first and last time at which it is in use.
    struct Request: Hashable {
        let bytes: Int
        let first: Int
        let last: Int
    }

    /// Every buffer starts at a multiple of this number of bytes, the size of a cache line and of the widest vector.
    static let alignment = 64

    /// In bytes from the arena's start, in the order of the requests.
    let offsets: [Int]
    /// The arena's size in bytes.
    let size: Int

    /// Greedy by size: the largest buffer first, each at the lowest offset at which it does not overlap buffers already
    /// placed that are in use at the same time (Pisarchyk and Lee, arXiv 2001.03288).
    init(_ requests: [Request]) {
        var offsets = [Int](repeating: 0, count: requests.count)
        var placed: [(range: Range<Int>, request: Request)] = []
        var size = 0
        let order = requests.indices.sorted { (requests[$0].bytes, $1) > (requests[$1].bytes, $0) }
        for index in order {
            let request = requests[index]
            let bytes = Self.aligned(request.bytes)
            let neighbours =
                placed
                .filter { $0.request.first <= request.last && request.first <= $0.request.last }
                .sorted { $0.range.lowerBound < $1.range.lowerBound }
            var offset = 0
            for neighbour in neighbours {
                if offset + bytes <= neighbour.range.lowerBound { break }
                offset = max(offset, neighbour.range.upperBound)
            }
            offsets[index] = offset
            placed.append((offset..<offset + bytes, request))
            size = max(size, offset + bytes)
        }
        self.offsets = offsets
        self.size = size
    }

    static func aligned(_ bytes: Int) -> Int {
        (max(bytes, 1) + alignment - 1) / alignment * alignment
    }
}
