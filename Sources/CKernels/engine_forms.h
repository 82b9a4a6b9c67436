// The forms of the engine's kernels, one table an instruction set. Inside CKernels only.
#ifndef SALIENCYD_ENGINE_FORMS_H
#define SALIENCYD_ENGINE_FORMS_H

#include "CKernels.h"

// What a form has beside its table.
#define ENGINE_FORM(form)                                                                                              \
    extern const engine_kernels engine_##form##_kernels;                                                               \
    size_t engine_##form##_peak(size_t rounds, float *values);                                                         \
    void engine_##form##_winograd(const engine_winograd *shape, const float *source, size_t stride,                    \
                                  const float *filters, size_t first, size_t count, float *scratch,                    \
                                  const engine_end *end);                                                              \
    void engine_##form##_product(size_t rows, const engine_rows *sources, size_t count, const float *filters,          \
                                 size_t columns, const engine_end *end);                                               \
    void engine_##form##_stem(const engine_winograd *shape, const engine_cells *cells, const float *clip,              \
                              const float *filters, size_t first, size_t count, float *scratch,                        \
                              const engine_end *end);                                                                  \
    void engine_##form##_stem_gradient(const engine_winograd *shape, const engine_cells *cells, const float *source,   \
                                       size_t stride, const float *filters, size_t first, size_t count,                \
                                       float *scratch, float *clip);

ENGINE_FORM(scalar)
#if defined(__x86_64__)
ENGINE_FORM(avx2)
ENGINE_FORM(avx512)
#endif

#endif
