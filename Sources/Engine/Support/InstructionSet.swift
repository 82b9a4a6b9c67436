import CKernels
import Glibc

/// Which form of the kernels computes. All give the same bits; the wider ones give them sooner.
public enum InstructionSet: String, Sendable, CaseIterable {
    case scalar
    case avx2
    case avx512

    /// The kernels' function table, or nil if this CPU lacks the instructions.
    var kernels: Kernels? {
        let table =
            switch self {
            case .scalar: engine_kernels_for(ENGINE_ISA_SCALAR)
            case .avx2: engine_kernels_for(ENGINE_ISA_AVX2)
            case .avx512: engine_kernels_for(ENGINE_ISA_AVX512)
            }
        return table.map(Kernels.init)
    }

    /// What this CPU has, narrowest first.
    public static let available = allCases.filter { $0.kernels != nil }

    /// The widest that this CPU has, or what the environment's `SALIENCYD_ISA` (scalar, avx2, avx512) names if this CPU
    /// has that.
    public static let preferred: InstructionSet = {
        let forced = getenv("SALIENCYD_ISA").flatMap { InstructionSet(rawValue: String(cString: $0)) }
        if let forced, available.contains(forced) { return forced }
        return available.last ?? .scalar
    }()
}

/// A function table of `CKernels`.
///
/// Unchecked: the tables are constants of the program.
struct Kernels: @unchecked Sendable {
    let table: UnsafePointer<engine_kernels>
}
