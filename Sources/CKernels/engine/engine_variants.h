// The variants of the engine's kernels, one table per instruction set. Only for use inside CKernels.
#ifndef SALIENCYD_ENGINE_VARIANTS_H
#define SALIENCYD_ENGINE_VARIANTS_H

#include "CKernels.h"

// The table of a variant, and those of its kernels that are in other files.
#define ENGINE_VARIANT(name)                                                                                           \
    extern const engine_kernels engine_##name##_kernels;                                                               \
    size_t engine_##name##_peak(size_t rounds, float *values);                                                         \
    void engine_##name##_winograd(const engine_winograd *shape, const float *source, size_t stride,                    \
                                  const float *filters, size_t first, size_t count, float *scratch,                    \
                                  const engine_epilogue *epilogue);                                                    \
    void engine_##name##_product(size_t rows, const engine_rows *sources, size_t count, const float *filters,          \
                                 size_t columns, const engine_epilogue *epilogue);                                     \
    void engine_##name##_stem(const engine_winograd *shape, const engine_blocks *blocks, const float *clip,            \
                              const float *filters, size_t first, size_t count, float *scratch,                        \
                              const engine_epilogue *epilogue);                                                        \
    void engine_##name##_stem_gradient(const engine_winograd *shape, const engine_blocks *blocks, const float *source, \
                                       size_t stride, const float *filters, size_t first, size_t count,                \
                                       float *scratch, float *clip);

ENGINE_VARIANT(scalar)
#if defined(__x86_64__)
ENGINE_VARIANT(avx2)
ENGINE_VARIANT(avx512)
#elif defined(__aarch64__)
ENGINE_VARIANT(neon)
#endif

#endif
