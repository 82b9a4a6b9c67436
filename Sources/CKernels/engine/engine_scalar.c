// The scalar variants, whose results every other variant must reproduce bit by bit.
#include "engine_variants.h"

static void bias_relu(size_t rows, size_t channels, const float *source, size_t source_stride, const float *bias,
                      float *destination, size_t destination_stride, uint8_t *masks, size_t mask_stride) {
    for (size_t r = 0; r < rows; r++) {
        const float *from = source + r * source_stride;
        float *to = destination + r * destination_stride;
        uint8_t *bits = masks + r * mask_stride;
        for (size_t b = 0; b < mask_stride; b++) bits[b] = 0;
        for (size_t c = 0; c < channels; c++) {
            float value = from[c] + bias[c];
            to[c] = value > 0 ? value : 0;
            bits[c / 8] |= (uint8_t)((value > 0) << (c % 8));
        }
    }
}

static void apply_masks(size_t rows, size_t channels, float *gradient, size_t stride, const uint8_t *masks,
                        size_t mask_stride, int guided) {
    for (size_t r = 0; r < rows; r++) {
        float *row = gradient + r * stride;
        const uint8_t *bits = masks + r * mask_stride;
        for (size_t c = 0; c < channels; c++) {
            int open = (bits[c / 8] >> (c % 8)) & 1;
            row[c] = open && (!guided || row[c] > 0) ? row[c] : 0;
        }
    }
}

static void maximum(size_t count, size_t channels, const float *const *rows, const uint8_t *codes, float *destination,
                    uint8_t *indices) {
    for (size_t c = 0; c < channels; c++) {
        float best = rows[0][c];
        uint8_t code = codes[0];
        for (size_t j = 1; j < count; j++) {
            float value = rows[j][c];
            if (value > best) {
                best = value;
                code = codes[j];
            }
        }
        destination[c] = best;
        indices[c] = code;
    }
}

static void sum_of_winners(size_t count, size_t channels, const float *const *gradients, const uint8_t *const *indices,
                           const uint8_t *codes, float *destination, int accumulate) {
    for (size_t c = 0; c < channels; c++) {
        float sum = accumulate ? destination[c] : 0;
        for (size_t j = 0; j < count; j++) {
            if (indices[j][c] == codes[j]) sum += gradients[j][c];
        }
        destination[c] = sum;
    }
}

static void add(size_t count, const float *source, float *destination) {
    for (size_t i = 0; i < count; i++) destination[i] += source[i];
}

static void scale_bytes(size_t count, const uint8_t *source, float scale, float offset, float *destination) {
    for (size_t i = 0; i < count; i++) destination[i] = (float)source[i] * scale + offset;
}

const engine_kernels engine_scalar_kernels = {
    .name = "scalar",
    .bias_relu = bias_relu,
    .apply_masks = apply_masks,
    .maximum = maximum,
    .sum_of_winners = sum_of_winners,
    .add = add,
    .scale_bytes = scale_bytes,
    .winograd = engine_scalar_winograd,
    .peak = engine_scalar_peak,
    .product = engine_scalar_product,
    .stem = engine_scalar_stem,
    .stem_gradient = engine_scalar_stem_gradient,
};
