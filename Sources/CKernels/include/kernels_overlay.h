// Heat over frames: bilinear enlargement, blending, and the smoothing of heat in space and time.
#ifndef SALIENCYD_KERNELS_OVERLAY_H
#define SALIENCYD_KERNELS_OVERLAY_H

#include <stddef.h>
#include <stdint.h>

#include "kernels_isa.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- Overlay: integer arithmetic throughout, so that every variant gives the same bytes. ----

// Weights of a bilinear tap are 0...128; 128 means "all of the second sample".
enum { saliency_tap_one = 128 };

// The effect of a heat of 0...255 on one plane: out = (in * (255 - alpha) + value * alpha) / 255, rounded to nearest.
typedef struct {
    uint8_t alpha[256];
    uint8_t value[256];
    // alpha | value << 16, for variants that gather with 32-bit loads.
    uint32_t packed[256];
} saliency_blend_table;

typedef struct {
    // out[i] = heat[index[i]] * (128 - weight[i]) + heat[index[i] + 1] * weight[i], 0...32640.
    // heat is readable four bytes past the largest index.
    void (*expand)(uint16_t *out, const uint8_t *heat, const uint16_t *index, const uint16_t *weight, size_t count);
    // out[i] = (top[i] * (128 - weight) + bottom[i] * weight + 8192) >> 14, 0...255.
    void (*mix)(uint8_t *out, const uint16_t *top, const uint16_t *bottom, int weight, size_t count);
    // Blends one row of one plane in place; alpha 0 leaves a sample unchanged.
    void (*blend)(uint8_t *samples, const uint8_t *heat, const saliency_blend_table *table, size_t count);
} saliency_overlay_kernels;

// The kernels to use with an instruction set, or NULL if it is not available. If the overlay has no variant for the
// set, or the CPU does not have a feature that the variant needs (AVX-512: VBMI), they are those of the next narrower
// set.
const saliency_overlay_kernels *saliency_overlay_kernels_for(saliency_isa isa);
// The scalar variants, which every CPU can run, and which define the results of the others.
extern const saliency_overlay_kernels saliency_overlay_scalar_kernels;

// Fills a table from 256 opacities and 256 sample values, by heat.
void saliency_blend_table_fill(saliency_blend_table *table, const uint8_t *alpha, const uint8_t *value);

// ---- Heat: plain loops without variants, in a fixed order of operations. ----

// Convolves a [height, width] map with a symmetric kernel of radius + 1 weights (centre first), rows, then columns;
// edges are reflected without repeating the edge sample. scratch has height * width elements. radius < min(height,
// width).
void saliency_heat_blur(float *map, float *scratch, size_t height, size_t width, const float *weights, size_t radius);

// out[i] = sum over n of weights[n] * maps[n][i], in the order of n.
void saliency_heat_combine(float *out, const float *const *maps, const float *weights, size_t maps_count, size_t count);

// map[i] = (map[i] - offset) * factor.
void saliency_heat_scale(float *map, float offset, float factor, size_t count);

// sum[i] += weight * map[i].
void saliency_heat_accumulate(float *sum, const float *map, float weight, size_t count);

// The smallest value, and the value of rank floor(fraction * (count - 1)), among non-negative finite values; other
// values count as 0. count > 0.
void saliency_heat_percentile(const float *values, size_t count, double fraction, float *low, float *high);

// out[i] = 255 * clip(a[i] + (b[i] - a[i]) * position, 0, 1), rounded to nearest.
void saliency_heat_render(uint8_t *out, const float *a, const float *b, float position, size_t count);

// map[i] = |map[i]|.
void saliency_heat_magnitude(float *map, size_t count);

// out[i] = 128 + 127 * clip(a[i] + (b[i] - a[i]) * position, -1, 1), rounded to nearest, ties away from 128: 1...255.
void saliency_heat_render_signed(uint8_t *out, const float *a, const float *b, float position, size_t count);

#ifdef __cplusplus
}
#endif

#endif
