// The scalar variants, whose results every other variant must reproduce byte by byte.
#include "overlay_variants.h"

void saliency_expand_scalar(uint16_t *out, const uint8_t *heat, const uint16_t *index, const uint16_t *weight,
                            size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *tap = heat + index[i];
        out[i] = (uint16_t)(tap[0] * (saliency_tap_one - weight[i]) + tap[1] * weight[i]);
    }
}

void saliency_mix_scalar(uint8_t *out, const uint16_t *top, const uint16_t *bottom, int weight, size_t count) {
    for (size_t i = 0; i < count; i++) {
        out[i] = (uint8_t)((top[i] * (saliency_tap_one - weight) + bottom[i] * weight + 8192) >> 14);
    }
}

void saliency_blend_scalar(uint8_t *samples, const uint8_t *heat, const saliency_blend_table *table, size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned alpha = table->alpha[heat[i]], value = table->value[heat[i]];
        // x / 255 rounded to nearest, exact for x of 0...65025.
        unsigned x = samples[i] * (255 - alpha) + value * alpha + 128;
        samples[i] = (uint8_t)((x + (x >> 8)) >> 8);
    }
}

void saliency_blend_table_fill(saliency_blend_table *table, const uint8_t *alpha, const uint8_t *value) {
    for (int heat = 0; heat < 256; heat++) {
        table->alpha[heat] = alpha[heat];
        table->value[heat] = value[heat];
        table->packed[heat] = alpha[heat] | (uint32_t)value[heat] << 16;
    }
}

const saliency_overlay_kernels saliency_overlay_scalar_kernels = {saliency_expand_scalar, saliency_mix_scalar,
                                                                  saliency_blend_scalar};
