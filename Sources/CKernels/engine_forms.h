// The forms of the engine's kernels, one table an instruction set. Inside CKernels only.
#ifndef SALIENCYD_ENGINE_FORMS_H
#define SALIENCYD_ENGINE_FORMS_H

#include "CKernels.h"

extern const engine_kernels engine_scalar_kernels;
void engine_scalar_winograd(const engine_winograd *shape, const float *source, size_t stride, const float *filters,
                            size_t first, size_t count, float *scratch, const engine_winograd_end *end);
size_t engine_scalar_peak(size_t rounds, float *values);
void engine_scalar_product(size_t rows, const engine_rows *sources, size_t count, const float *filters,
                        size_t columns, const engine_winograd_end *end);
void engine_scalar_stem(const engine_winograd *shape, const engine_cells *cells, const float *clip,
                     const float *filters, size_t first, size_t count, float *scratch, const engine_winograd_end *end);
void engine_scalar_stem_gradient(const engine_winograd *shape, const engine_cells *cells, const float *source,
                              size_t stride, const float *filters, size_t first, size_t count, float *scratch,
                              float *clip);
#if defined(__x86_64__)
extern const engine_kernels engine_avx2_kernels;
extern const engine_kernels engine_avx512_kernels;
void engine_avx2_winograd(const engine_winograd *shape, const float *source, size_t stride, const float *filters,
                          size_t first, size_t count, float *scratch, const engine_winograd_end *end);
size_t engine_avx2_peak(size_t rounds, float *values);
void engine_avx2_product(size_t rows, const engine_rows *sources, size_t count, const float *filters,
                        size_t columns, const engine_winograd_end *end);
void engine_avx2_stem(const engine_winograd *shape, const engine_cells *cells, const float *clip,
                     const float *filters, size_t first, size_t count, float *scratch, const engine_winograd_end *end);
void engine_avx2_stem_gradient(const engine_winograd *shape, const engine_cells *cells, const float *source,
                              size_t stride, const float *filters, size_t first, size_t count, float *scratch,
                              float *clip);
void engine_avx512_winograd(const engine_winograd *shape, const float *source, size_t stride, const float *filters,
                            size_t first, size_t count, float *scratch, const engine_winograd_end *end);
size_t engine_avx512_peak(size_t rounds, float *values);
void engine_avx512_product(size_t rows, const engine_rows *sources, size_t count, const float *filters,
                        size_t columns, const engine_winograd_end *end);
void engine_avx512_stem(const engine_winograd *shape, const engine_cells *cells, const float *clip,
                     const float *filters, size_t first, size_t count, float *scratch, const engine_winograd_end *end);
void engine_avx512_stem_gradient(const engine_winograd *shape, const engine_cells *cells, const float *source,
                              size_t stride, const float *filters, size_t first, size_t count, float *scratch,
                              float *clip);
#endif

#endif
