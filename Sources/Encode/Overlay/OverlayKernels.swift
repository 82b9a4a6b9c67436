import CKernels
import Glibc

/// The instruction sets that the overlay has forms for.
enum OverlayInstructionSet: String, CaseIterable, Sendable {
    case scalar
    case avx2
    case avx512

    /// The forms of this set, or nil where the CPU does not have it.
    var kernels: saliency_overlay_kernels? {
        let isa =
            switch self {
            case .scalar: saliency_overlay_scalar
            case .avx2: saliency_overlay_avx2
            case .avx512: saliency_overlay_avx512
            }
        return saliency_overlay_kernels_for(isa)?.pointee
    }

    /// The forms that every CPU has.
    static var scalarKernels: saliency_overlay_kernels { saliency_overlay_scalar_kernels }

    /// The best set of this CPU, or the one that `SALIENCYD_ISA` asks for where the CPU has it.
    static let selected: OverlayInstructionSet = {
        let wish = getenv("SALIENCYD_ISA").flatMap { OverlayInstructionSet(rawValue: String(cString: $0)) }
        if let wish, wish.kernels != nil { return wish }
        return allCases.last { $0.kernels != nil } ?? .scalar
    }()
}
