import CKernels

/// What the machine can do at most: multiply-adds in registers, on every thread of a pool.
public enum MachinePeak {
    /// 10⁹ fp32 products and sums a second: the best of five runs of some ten milliseconds.
    ///
    /// - Parameter instructionSet: which variant of the kernels; of one that this CPU lacks, 0.
    public static func gigaflops(_ pool: ThreadPool, instructionSet: InstructionSet = .preferred) -> Double {
        guard let kernels = instructionSet.kernels else { return 0 }
        let rounds = 1_000_000
        var best = 0.0
        for _ in 0..<5 {
            let clock = ContinuousClock()
            let start = clock.now
            // Items of unequal luck even out.
            let items = 4 * pool.threadCount
            pool.run(items) { _, _ in
                var values: (Float, Float, Float) = (1e-3, 1e-3, 0)
                withUnsafeMutableBytes(of: &values) { values in
                    guard let first = values.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
                    _ = kernels.table.pointee.peak(rounds, first)
                }
            }
            let seconds = (clock.now - start) / .seconds(1)
            var values: [Float] = [0, 0, 0]
            let operations = kernels.table.pointee.peak(1, &values) * rounds * items
            if seconds > 0 { best = max(best, Double(operations) / seconds / 1e9) }
        }
        return best
    }
}
