/// Ticks for a number of them that arithmetic on hostile time stamps produced: rounded, and kept where sums cannot
/// overflow.
func ticks(_ value: Double) -> Int64 {
    let limit = 1e18
    return value.isNaN ? 0 : Int64(min(max(value, -limit), limit).rounded())
}
