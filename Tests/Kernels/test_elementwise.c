// Biases, masks, rows of pools, sums and bytes, with channel counts that have every kind of remainder.
#include <stdio.h>

#include "harness.h"

static const size_t channel_counts[] = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 48, 67, 128};
enum { COUNTS = sizeof channel_counts / sizeof channel_counts[0] };

static void bias_relu(saliency_isa isa, size_t channels) {
    char name[64];
    const size_t rows = 5, in = channels + 3, out = channels + 2, mask_stride = engine_mask_stride(channels);
    random_seed(1);
    const float *source = special_floats(rows * in), *bias = special_floats(channels);
    float *destination = untouched_floats(rows * out);
    uint8_t *masks = untouched_bytes(rows * mask_stride);
    engine_kernels_for(isa)->bias_relu(rows, channels, source, in, bias, destination, out, masks, mask_stride);
    snprintf(name, sizeof name, "bias_relu %zu", channels);
    check_floats(isa, "elementwise", name, destination, rows * out);
    snprintf(name, sizeof name, "bias_relu masks %zu", channels);
    check_bytes(isa, "elementwise", name, masks, rows * mask_stride);
}

static void apply_masks(saliency_isa isa, size_t channels, int guided) {
    char name[64];
    const size_t rows = 4, stride = channels + 1, mask_stride = engine_mask_stride(channels);
    random_seed(2);
    float *gradient = special_floats(rows * stride);
    const uint8_t *masks = random_bytes(rows * mask_stride);
    engine_kernels_for(isa)->apply_masks(rows, channels, gradient, stride, masks, mask_stride, guided);
    snprintf(name, sizeof name, "apply_masks %zu %d", channels, guided);
    check_floats(isa, "elementwise", name, gradient, rows * stride);
}

static void pool_rows(saliency_isa isa, size_t channels, size_t count) {
    char name[64];
    random_seed(3);
    const float *rows[27];
    const uint8_t *winners[27];
    uint8_t codes[27];
    for (size_t j = 0; j < count; j++) {
        rows[j] = special_floats(channels);
        codes[j] = (uint8_t)(9 * j);
    }
    float *maxima = untouched_floats(channels), *sums = random_floats(channels);
    uint8_t *indices = untouched_bytes(channels);
    engine_kernels_for(isa)->maximum(count, channels, rows, codes, maxima, indices);
    for (size_t j = 0; j < count; j++) winners[j] = indices;
    snprintf(name, sizeof name, "maximum %zu %zu", channels, count);
    check_floats(isa, "elementwise", name, maxima, channels);
    snprintf(name, sizeof name, "maximum indices %zu %zu", channels, count);
    check_bytes(isa, "elementwise", name, indices, channels);
    engine_kernels_for(isa)->sum_of_winners(count, channels, rows, winners, codes, sums, 1);
    snprintf(name, sizeof name, "sum_of_winners %zu %zu", channels, count);
    check_floats(isa, "elementwise", name, sums, channels);
    engine_kernels_for(isa)->sum_of_winners(count, channels, rows, winners, codes, sums, 0);
    snprintf(name, sizeof name, "sum_of_winners anew %zu %zu", channels, count);
    check_floats(isa, "elementwise", name, sums, channels);
}

static void sums_and_bytes(saliency_isa isa, size_t count) {
    char name[64];
    random_seed(4);
    const float *source = special_floats(count);
    float *destination = special_floats(count), *scaled = untouched_floats(count);
    engine_kernels_for(isa)->add(count, source, destination);
    snprintf(name, sizeof name, "add %zu", count);
    check_floats(isa, "elementwise", name, destination, count);
    engine_kernels_for(isa)->scale_bytes(count, random_bytes(count), 2.0f / 255, -1, scaled);
    snprintf(name, sizeof name, "scale_bytes %zu", count);
    check_floats(isa, "elementwise", name, scaled, count);
}

static void all(saliency_isa isa) {
    for (size_t i = 0; i < COUNTS; i++) {
        bias_relu(isa, channel_counts[i]);
        apply_masks(isa, channel_counts[i], 0);
        apply_masks(isa, channel_counts[i], 1);
        pool_rows(isa, channel_counts[i], 1);
        pool_rows(isa, channel_counts[i], 4);
        pool_rows(isa, channel_counts[i], 27);
        sums_and_bytes(isa, channel_counts[i]);
    }
}

void test_elementwise(void) { for_each_isa(all); }
