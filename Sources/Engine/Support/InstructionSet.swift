import CKernels

/// Which variant of the kernels computes. All give the same bits; the wider ones give them sooner.
///
/// `CKernels` (isa.c) has the table of what each needs of the CPU; the overlay, which is in another module, asks it directly.
public enum InstructionSet: String, Sendable, CaseIterable {
    case scalar
    case neon
    case avx2
    case avx512

    /// The same in `CKernels`.
    private var isa: saliency_isa {
        switch self {
        case .scalar: SALIENCY_ISA_SCALAR
        case .neon: SALIENCY_ISA_NEON
        case .avx2: SALIENCY_ISA_AVX2
        case .avx512: SALIENCY_ISA_AVX512
        }
    }

    /// The kernels' function table, or nil if this CPU lacks the instructions.
    var kernels: Kernels? {
        engine_kernels_for(isa).map(Kernels.init)
    }

    /// What this CPU has, narrowest first.
    public static let available = allCases.filter { saliency_isa_is_available($0.isa) }

    /// The widest that this CPU has, or what the environment's `SALIENCYD_ISA` (scalar, neon, avx2, avx512) named when the
    /// process started if this CPU has that.
    public static let preferred: InstructionSet = {
        let isa = saliency_isa_preferred()
        return allCases.first { $0.isa == isa } ?? .scalar
    }()
}

/// A function table of `CKernels`.
///
/// Unchecked: the tables are constants of the program.
struct Kernels: @unchecked Sendable {
    let table: UnsafePointer<engine_kernels>
}

/// What the machine can do at most: multiply-adds in registers, on every thread of a pool.
public enum MachinePeak {
    /// 10⁹ fp32 products and sums a second: the best of five runs of some ten milliseconds.
    ///
    /// - Parameters:
    ///   - pool: the threads that compute.
    ///   - instructionSet: which variant of the kernels; of one that this CPU lacks, 0.
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
