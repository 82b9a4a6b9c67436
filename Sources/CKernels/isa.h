// What the choice of variants is made of. Inside CKernels, and for its tests.
#ifndef SALIENCYD_ISA_H
#define SALIENCYD_ISA_H

#include "CKernels.h"

// Features of CPUs, as bits, as fine as the kernels tell them apart.
enum {
    CPU_SSE42 = 1 << 0,   // CRC-32C
    CPU_SHA = 1 << 1,     // the SHA extensions, and SSE4.1, which their kernels use beside them
    CPU_AVX2 = 1 << 2,    // AVX2, and FMA, which the products need
    CPU_AVX512 = 1 << 3,  // AVX-512 F, BW, VL and DQ, and FMA: Skylake-X and later
    CPU_VBMI = 1 << 4,    // AVX-512 VBMI, which Skylake-X does not have
    CPU_NEON = 1 << 5,    // every aarch64 CPU
};

// Of the CPU that runs this.
unsigned saliency_cpu_features(void);

// Whether an instruction outside the sets (CRC-32C, SHA) is to be used: the CPU has it, and SALIENCYD_ISA does not ask
// for the scalar variants.
bool saliency_uses(unsigned feature);

// The same choices as for this CPU, for a CPU with `features`. NULL where the set is not available on it.
const engine_kernels *saliency_engine_variant(saliency_isa isa, unsigned features);
const saliency_overlay_kernels *saliency_overlay_variant(saliency_isa isa, unsigned features);
saliency_isa saliency_widest_isa(unsigned features);

#endif
