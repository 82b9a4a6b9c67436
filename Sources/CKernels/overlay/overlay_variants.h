// The variants of the overlay's kernels. Only for the files that define and choose them.
#ifndef SALIENCYD_OVERLAY_VARIANTS_H
#define SALIENCYD_OVERLAY_VARIANTS_H

#include "kernels_overlay.h"

// The faster variants use these for the end of a row.
void saliency_expand_scalar(uint16_t *out, const uint8_t *heat, const uint16_t *index, const uint16_t *weight,
                            size_t count);
void saliency_mix_scalar(uint8_t *out, const uint16_t *top, const uint16_t *bottom, int weight, size_t count);
void saliency_blend_scalar(uint8_t *samples, const uint8_t *heat, const saliency_blend_table *table, size_t count);

#if defined(__x86_64__)
extern const saliency_overlay_kernels saliency_overlay_avx2_kernels;
extern const saliency_overlay_kernels saliency_overlay_avx512_kernels;
#endif

#endif
