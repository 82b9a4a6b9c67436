// Instruction sets: the variants of the kernels, and those that this CPU can run.
#ifndef SALIENCYD_KERNELS_ISA_H
#define SALIENCYD_KERNELS_ISA_H

#include <stdbool.h>

// The narrowest first. Only isa.c lists the CPU features that each needs.
typedef enum saliency_isa {
    SALIENCY_ISA_SCALAR,
    SALIENCY_ISA_NEON,
    SALIENCY_ISA_AVX2,
    SALIENCY_ISA_AVX512,
} saliency_isa;

enum { SALIENCY_ISA_COUNT = 4 };

// "scalar", "neon", "avx2" or "avx512", which are also the values of the environment variable SALIENCYD_ISA.
const char *saliency_isa_name(saliency_isa isa);

// Whether this build has the variants of the set and this CPU can run them; always true for the scalar ones.
bool saliency_isa_is_available(saliency_isa isa);

// The set that is used: the one that SALIENCYD_ISA named when the process started, if it is available, else the widest
// available one.
saliency_isa saliency_isa_preferred(void);

#endif
