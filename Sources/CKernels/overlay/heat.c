// Heat in space and time. Plain loops without variants, since a window is smoothed at most about once per second; the
// fixed order of the sums makes runs reproducible.
#include <math.h>
#include <string.h>

#include "kernels_overlay.h"

// Index reflected at both ends without repeating the edge: -1 is 1, count is count - 2.
static size_t reflect(ptrdiff_t index, size_t count) {
    if (index < 0) return (size_t)-index;
    if ((size_t)index >= count) return 2 * count - 2 - (size_t)index;
    return (size_t)index;
}

static void blur_row(float *out, const float *row, size_t width, const float *weights, size_t radius) {
    for (size_t x = 0; x < width; x++) {
        float sum = weights[0] * row[x];
        if (x >= radius && x + radius < width) {
            for (size_t k = 1; k <= radius; k++) sum += weights[k] * (row[x - k] + row[x + k]);
        } else {
            for (size_t k = 1; k <= radius; k++) {
                sum += weights[k] * (row[reflect((ptrdiff_t)x - (ptrdiff_t)k, width)] +
                                     row[reflect((ptrdiff_t)x + (ptrdiff_t)k, width)]);
            }
        }
        out[x] = sum;
    }
}

void saliency_heat_blur(float *map, float *scratch, size_t height, size_t width, const float *weights, size_t radius) {
    for (size_t y = 0; y < height; y++) blur_row(scratch + y * width, map + y * width, width, weights, radius);
    for (size_t y = 0; y < height; y++) {
        float *out = map + y * width;
        const float *centre = scratch + y * width;
        for (size_t x = 0; x < width; x++) out[x] = weights[0] * centre[x];
        for (size_t k = 1; k <= radius; k++) {
            const float *above = scratch + reflect((ptrdiff_t)y - (ptrdiff_t)k, height) * width;
            const float *below = scratch + reflect((ptrdiff_t)y + (ptrdiff_t)k, height) * width;
            for (size_t x = 0; x < width; x++) out[x] += weights[k] * (above[x] + below[x]);
        }
    }
}

void saliency_heat_combine(float *out, const float *const *maps, const float *weights, size_t maps_count,
                           size_t count) {
    memset(out, 0, count * sizeof(float));
    for (size_t n = 0; n < maps_count; n++) saliency_heat_accumulate(out, maps[n], weights[n], count);
}

void saliency_heat_accumulate(float *sum, const float *map, float weight, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] += weight * map[i];
}

void saliency_heat_scale(float *map, float offset, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) map[i] = (map[i] - offset) * factor;
}

// The bits of a non-negative finite float, which are ordered like the floats themselves; 0 for all other values.
static uint32_t ordered_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits < 0x7f800000u ? bits : 0;
}

void saliency_heat_percentile(const float *values, size_t count, double fraction, float *low, float *high) {
    size_t rank = (size_t)(fraction * (double)(count - 1));
    // Radix selection: first the upper 16 bits of the wanted value, then the lower ones. The bins, 512 KB, are too
    // large for a stack, so each thread that calls this keeps its own until it ends; only the few threads that scale
    // heat do.
    static _Thread_local size_t bins[65536];
    memset(bins, 0, sizeof bins);
    uint32_t smallest = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = ordered_bits(values[i]);
        if (bits < smallest) smallest = bits;
        bins[bits >> 16]++;
    }
    uint32_t upper = 0;
    while (rank >= bins[upper]) rank -= bins[upper++];
    memset(bins, 0, sizeof bins);
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = ordered_bits(values[i]);
        if (bits >> 16 == upper) bins[bits & 0xffff]++;
    }
    uint32_t lower = 0;
    while (rank >= bins[lower]) rank -= bins[lower++];
    uint32_t selected = upper << 16 | lower;
    memcpy(low, &smallest, sizeof *low);
    memcpy(high, &selected, sizeof *high);
}

void saliency_heat_render(uint8_t *out, const float *a, const float *b, float position, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float heat = a[i] + (b[i] - a[i]) * position;
        // Written so that a NaN becomes 0.
        heat = heat > 0 ? heat : 0;
        heat = heat < 1 ? heat : 1;
        out[i] = (uint8_t)(heat * 255.0f + 0.5f);
    }
}

void saliency_heat_magnitude(float *map, size_t count) {
    for (size_t i = 0; i < count; i++) map[i] = fabsf(map[i]);
}

void saliency_heat_render_signed(uint8_t *out, const float *a, const float *b, float position, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float heat = a[i] + (b[i] - a[i]) * position;
        // Magnitude first, so that both signs are rounded alike; written so that a NaN becomes 0.
        float size = fabsf(heat);
        size = size > 0 ? size : 0;
        size = size < 1 ? size : 1;
        int level = (int)(size * 127.0f + 0.5f);
        out[i] = (uint8_t)(128 + (heat < 0 ? -level : level));
    }
}
