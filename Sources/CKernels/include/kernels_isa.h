// Instruction sets: which variants of the kernels there are, and which of them this CPU runs.
#ifndef SALIENCYD_KERNELS_ISA_H
#define SALIENCYD_KERNELS_ISA_H

#include <stdbool.h>

// Narrowest first. What each needs of the CPU is stated in isa.c alone.
typedef enum saliency_isa {
    SALIENCY_ISA_SCALAR,
    SALIENCY_ISA_NEON,
    SALIENCY_ISA_AVX2,
    SALIENCY_ISA_AVX512,
} saliency_isa;

enum { SALIENCY_ISA_COUNT = 4 };

// "scalar", "neon", "avx2", "avx512": also what the environment variable SALIENCYD_ISA may hold.
const char *saliency_isa_name(saliency_isa isa);

// Whether this build has the variants of the set and this CPU runs them. The scalar ones always.
bool saliency_isa_is_available(saliency_isa isa);

// The set that computes: what SALIENCYD_ISA named when the process started, if it is available, else the widest that
// is.
saliency_isa saliency_isa_preferred(void);

#endif
