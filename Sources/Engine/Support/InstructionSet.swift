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
