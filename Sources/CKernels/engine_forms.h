// The forms of the engine's kernels, one table an instruction set. Inside CKernels only.
#ifndef SALIENCYD_ENGINE_FORMS_H
#define SALIENCYD_ENGINE_FORMS_H

#include "CKernels.h"

extern const engine_kernels engine_scalar_kernels;
#if defined(__x86_64__)
extern const engine_kernels engine_avx2_kernels;
extern const engine_kernels engine_avx512_kernels;
#endif

#endif
