/// Order statistics without a full sort.
enum Selection {
    /// The element that would be at index `rank` if `values` were sorted. Afterwards no element before `rank` is
    /// larger, and none after it is smaller (quickselect, median of three).
    ///
    /// - Precondition: `rank` is an index of `values`, which hold no NaN.
    static func element(_ rank: Int, of values: inout [Float]) -> Float {
        values.withUnsafeMutableBufferPointer { values in
            var low = 0
            var high = values.count - 1
            while low < high {
                let pivot = medianOfThree(values[low], values[(low + high) / 2], values[high])
                var left = low
                var right = high
                while left <= right {
                    while values[left] < pivot { left += 1 }
                    while values[right] > pivot { right -= 1 }
                    if left <= right {
                        values.swapAt(left, right)
                        left += 1
                        right -= 1
                    }
                }
                // Between `right` and `left` everything equals the pivot.
                if rank <= right {
                    high = right
                } else if rank >= left {
                    low = left
                } else {
                    break
                }
            }
            return values[rank]
        }
    }

    private static func medianOfThree(_ a: Float, _ b: Float, _ c: Float) -> Float {
        max(min(a, b), min(max(a, b), c))
    }
}
