// AVX2 variants: 8 channels at a time, remainders with masked lanes.
#if defined(__x86_64__)
#include "engine_variants.h"

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

static const int32_t lane_table[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

// The lanes of the group of 8 channels that starts at `c`, as a mask of whole lanes.
AVX2 static inline __m256i lanes(size_t c, size_t channels) {
    size_t used = channels - c >= 8 ? 8 : channels - c;
    return _mm256_loadu_si256((const __m256i *)(lane_table + 8 - used));
}

// Lane i is set where bit i of `bits` is.
AVX2 static inline __m256i expanded(uint8_t bits) {
    const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(bits), bit), bit);
}

// The bytes of up to 8 channels as 32-bit lanes; lanes beyond the row's end are 0.
AVX2 static inline __m256i bytes(const uint8_t *source, size_t c, size_t channels) {
    uint64_t word = 0;
    if (channels - c >= 8)
        __builtin_memcpy(&word, source + c, 8);
    else
        for (size_t i = 0; i < channels - c; i++) word |= (uint64_t)source[c + i] << (8 * i);
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)word));
}

AVX2 static void bias_relu(size_t rows, size_t channels, const float *source, size_t source_stride, const float *bias,
                           float *destination, size_t destination_stride, uint8_t *masks, size_t mask_stride) {
    const __m256 zero = _mm256_setzero_ps();
    for (size_t r = 0; r < rows; r++) {
        const float *from = source + r * source_stride;
        float *to = destination + r * destination_stride;
        uint8_t *bits = masks + r * mask_stride;
        bits[mask_stride - 1] = 0;
        for (size_t c = 0; c < channels; c += 8) {
            __m256i m = lanes(c, channels);
            __m256 value = _mm256_add_ps(_mm256_maskload_ps(from + c, m), _mm256_maskload_ps(bias + c, m));
            __m256 open = _mm256_and_ps(_mm256_cmp_ps(value, zero, _CMP_GT_OQ), _mm256_castsi256_ps(m));
            _mm256_maskstore_ps(to + c, m, _mm256_and_ps(value, open));
            bits[c / 8] = (uint8_t)_mm256_movemask_ps(open);
        }
    }
}

AVX2 static void apply_masks(size_t rows, size_t channels, float *gradient, size_t stride, const uint8_t *masks,
                             size_t mask_stride, int guided) {
    const __m256 zero = _mm256_setzero_ps();
    for (size_t r = 0; r < rows; r++) {
        float *row = gradient + r * stride;
        const uint8_t *bits = masks + r * mask_stride;
        for (size_t c = 0; c < channels; c += 8) {
            __m256i m = lanes(c, channels);
            __m256 value = _mm256_maskload_ps(row + c, m);
            __m256 open = _mm256_castsi256_ps(expanded(bits[c / 8]));
            if (guided) open = _mm256_and_ps(open, _mm256_cmp_ps(value, zero, _CMP_GT_OQ));
            _mm256_maskstore_ps(row + c, m, _mm256_and_ps(value, open));
        }
    }
}

AVX2 static void maximum(size_t count, size_t channels, const float *const *rows, const uint8_t *codes,
                         float *destination, uint8_t *indices) {
    for (size_t c = 0; c < channels; c += 8) {
        __m256i m = lanes(c, channels);
        __m256 best = _mm256_maskload_ps(rows[0] + c, m);
        __m256i code = _mm256_set1_epi32(codes[0]);
        for (size_t j = 1; j < count; j++) {
            __m256 value = _mm256_maskload_ps(rows[j] + c, m);
            __m256 greater = _mm256_cmp_ps(value, best, _CMP_GT_OQ);
            best = _mm256_blendv_ps(best, value, greater);
            code = _mm256_blendv_epi8(code, _mm256_set1_epi32(codes[j]), _mm256_castps_si256(greater));
        }
        _mm256_maskstore_ps(destination + c, m, best);
        __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(code), _mm256_extracti128_si256(code, 1));
        uint64_t packed = (uint64_t)_mm_cvtsi128_si64(_mm_packus_epi16(words, words));
        __builtin_memcpy(indices + c, &packed, channels - c >= 8 ? 8 : channels - c);
    }
}

AVX2 static void sum_of_winners(size_t count, size_t channels, const float *const *gradients,
                                const uint8_t *const *indices, const uint8_t *codes, float *destination,
                                int accumulate) {
    for (size_t c = 0; c < channels; c += 8) {
        __m256i m = lanes(c, channels);
        __m256 sum = accumulate ? _mm256_maskload_ps(destination + c, m) : _mm256_setzero_ps();
        for (size_t j = 0; j < count; j++) {
            __m256i won = _mm256_cmpeq_epi32(bytes(indices[j], c, channels), _mm256_set1_epi32(codes[j]));
            __m256 next = _mm256_add_ps(sum, _mm256_maskload_ps(gradients[j] + c, m));
            sum = _mm256_blendv_ps(sum, next, _mm256_castsi256_ps(won));
        }
        _mm256_maskstore_ps(destination + c, m, sum);
    }
}

AVX2 static void add(size_t count, const float *source, float *destination) {
    for (size_t i = 0; i < count; i += 8) {
        __m256i m = lanes(i, count);
        __m256 sum = _mm256_add_ps(_mm256_maskload_ps(destination + i, m), _mm256_maskload_ps(source + i, m));
        _mm256_maskstore_ps(destination + i, m, sum);
    }
}

AVX2 static void scale_bytes(size_t count, const uint8_t *source, float scale, float offset, float *destination) {
    const __m256 factor = _mm256_set1_ps(scale), term = _mm256_set1_ps(offset);
    for (size_t i = 0; i < count; i += 8) {
        __m256 value = _mm256_cvtepi32_ps(bytes(source, i, count));
        _mm256_maskstore_ps(destination + i, lanes(i, count), _mm256_add_ps(_mm256_mul_ps(value, factor), term));
    }
}

const engine_kernels engine_avx2_kernels = {
    .name = "avx2",
    .bias_relu = bias_relu,
    .apply_masks = apply_masks,
    .maximum = maximum,
    .sum_of_winners = sum_of_winners,
    .add = add,
    .scale_bytes = scale_bytes,
    .winograd = engine_avx2_winograd,
    .peak = engine_avx2_peak,
    .product = engine_avx2_product,
    .stem = engine_avx2_stem,
    .stem_gradient = engine_avx2_stem_gradient,
};
#endif
