// CPU features and the choice of variants. Only for use inside CKernels and in its tests.
#ifndef SALIENCYD_ISA_H
#define SALIENCYD_ISA_H

#include "CKernels.h"

// CPU features, as bits, as far as the kernels distinguish them.
enum {
    CPU_SSE42 = 1 << 0,   // CRC-32C
    CPU_SHA = 1 << 1,     // the SHA extensions, and SSE4.1, which their kernels also use
    CPU_AVX2 = 1 << 2,    // AVX2, and FMA, which the products need
    CPU_AVX512 = 1 << 3,  // AVX-512 F, BW, VL and DQ, and FMA: Skylake-X and later
    CPU_VBMI = 1 << 4,    // AVX-512 VBMI, which Skylake-X does not have
    CPU_NEON = 1 << 5,    // every aarch64 CPU
};

// The features of this CPU.
unsigned saliency_cpu_features(void);

// Whether to use an instruction outside the sets (CRC-32C, SHA): the CPU has it, and SALIENCYD_ISA does not select the
// scalar variants.
bool saliency_uses(unsigned feature);

// The choices for a CPU with `features`; NULL if the set is not available on it.
const engine_kernels *saliency_engine_variant(saliency_isa isa, unsigned features);
const saliency_overlay_kernels *saliency_overlay_variant(saliency_isa isa, unsigned features);
saliency_isa saliency_widest_isa(unsigned features);

#endif
