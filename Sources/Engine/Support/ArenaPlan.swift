/// Where every buffer of a session lies in its one block of memory, planned before anything runs.
///
/// Time is counted in steps. Two buffers may share memory if they are never alive at the same time.
struct ArenaPlan {
    /// A buffer's size in bytes and the first and last time at which it holds something.
    struct Request: Hashable {
        let bytes: Int
        let first: Int
        let last: Int
    }

    /// Every buffer starts at a multiple of it: a cache line, and the width of the widest vector.
    static let alignment = 64

    /// In bytes from the arena's start, in the order of the requests.
    let offsets: [Int]
    /// The arena's size in bytes.
    let size: Int

    /// Greedy by size: the largest buffer first, each at the lowest offset where it overlaps none of those placed that
    /// are alive at the same time (Pisarchyk and Lee, arXiv 2001.03288).
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
