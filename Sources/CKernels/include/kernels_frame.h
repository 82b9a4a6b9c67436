#ifndef SALIENCYD_KERNELS_FRAME_H
#define SALIENCYD_KERNELS_FRAME_H

#include <stddef.h>
#include <stdint.h>

// Rotates or mirrors a plane: output element (x, y) is the input element at origin + x * step_x + y * step_y (bytes).
// Elements have 1, 2, 3, 4, 6 or 8 bytes; for any other size nothing is written and 0 is returned, otherwise 1.
int saliency_rotate_plane(uint8_t *output, ptrdiff_t output_stride, int width, int height, const uint8_t *origin,
                          ptrdiff_t step_x, ptrdiff_t step_y, int element_size);

// One component of a frame. Stride and step, from row to row and from sample to sample, are in bytes; the stride is
// negative if rows are stored bottom up. Sizes are in samples.
typedef struct {
    const uint8_t *base;
    ptrdiff_t stride;
    ptrdiff_t step;
    int width;
    int height;
} saliency_plane;

// Composites a component over a background of one value: out = (in * a + background * (maximum - a)) / maximum, rounded
// to nearest, where a is the mean of the alpha samples, 0...maximum, that the sample covers: 1 << shift_x across and
// 1 << shift_y down, fewer at the right and lower edge. The output's samples are as far apart as the input's. Samples
// are little-endian with 1 or 2 bytes; for any other size, or if alpha does not cover the component, nothing is written
// and 0 is returned, otherwise 1.
int saliency_composite_plane(uint8_t *output, ptrdiff_t output_stride, saliency_plane input, saliency_plane alpha,
                             int shift_x, int shift_y, unsigned background, unsigned maximum, int sample_bytes);

// Whether all samples of a component, little-endian with 1 or 2 bytes, equal `value`.
int saliency_samples_are(saliency_plane plane, int sample_bytes, unsigned value);

enum { saliency_tone_gains = 4096, saliency_tone_codes = 8192 };

// The tables of a conversion from high to standard dynamic range.
typedef struct {
    // 65536 values by signal: light in units of the reference white, or of the scene's peak if there is a gain.
    const float *linear;
    // saliency_tone_gains + 1 values by the fourth root of the scene's luma, 0...1: the factor of the light. May be
    // NULL.
    const float *gain;
    // Weights of red, green and blue in luma.
    float luma[3];
    // Row-major, from the source's primaries to the result's.
    float matrix[9];
    // saliency_tone_codes + 1 codes by the square root of light, 0...1.
    const uint8_t *encoded;
} saliency_tone;

// Maps `count` pixels of three 16-bit samples each to three bytes each; light beyond 0...1 is clipped.
void saliency_tone_map(uint8_t *output, const uint16_t *input, size_t count, const saliency_tone *tone);

#endif
