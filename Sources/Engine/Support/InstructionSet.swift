import CKernels

/// The instruction set of a kernel variant. All variants give the same bits; those with wider vectors are faster.
///
/// The table in `CKernels` (isa.c) lists the CPU features that each needs; the overlay, in another module, uses that
/// table directly.
public enum InstructionSet: String, Sendable, CaseIterable {
    case scalar
    case neon
    case avx2
    case avx512

    /// The same set in `CKernels`.
    private var isa: saliency_isa {
        switch self {
        case .scalar: SALIENCY_ISA_SCALAR
        case .neon: SALIENCY_ISA_NEON
        case .avx2: SALIENCY_ISA_AVX2
        case .avx512: SALIENCY_ISA_AVX512
        }
    }

    /// The kernels' function table; nil if this CPU does not have the instructions.
    var kernels: Kernels? {
        engine_kernels_for(isa).map(Kernels.init)
    }

    /// The sets that this CPU has, the narrowest first.
    public static let available = allCases.filter { saliency_isa_is_available($0.isa) }

    /// The widest set that this CPU has, or the set that the environment variable `SALIENCYD_ISA` (scalar, neon, avx2,
    /// avx512) named when the process started, if this CPU has it.
    public static let preferred: InstructionSet = {
        let isa = saliency_isa_preferred()
        return allCases.first { $0.isa == isa } ?? .scalar
    }()
}

/// A function table of `CKernels`.
///
/// `@unchecked Sendable` because the tables are constants of the program.
struct Kernels: @unchecked Sendable {
    let table: UnsafePointer<engine_kernels>
}

/// The peak speed of the machine: multiply-adds in registers, on all threads of a pool.
public enum MachinePeak {
    /// The multiplications and additions of float32 per second, in 10⁹: the best of five runs of about ten
    /// milliseconds.
    ///
    /// - Parameters:
    ///   - pool: the threads that compute.
    ///   - instructionSet: the variant of the kernels; the result is 0 if this CPU does not have the set.
    public static func gigaflops(_ pool: ThreadPool, instructionSet: InstructionSet = .preferred) -> Double {
        guard let kernels = instructionSet.kernels else { return 0 }
        let rounds = 1_000_000
        var best = 0.0
        for _ in 0..<5 {
            let clock = ContinuousClock()
            let start = clock.now
            // Several items per thread even out differences between the threads.
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
