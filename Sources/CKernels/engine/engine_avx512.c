// AVX-512 variants: 16 channels at a time, remainders with masked lanes.
#if defined(__x86_64__)
#include "engine_variants.h"

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))

// The lanes of the group of 16 channels that starts at `c`.
static inline __mmask16 lanes(size_t c, size_t channels) {
    return channels - c >= 16 ? (__mmask16)0xFFFF : (__mmask16)((1u << (channels - c)) - 1);
}

AVX512 static void bias_relu(size_t rows, size_t channels, const float *source, size_t source_stride, const float *bias,
                             float *destination, size_t destination_stride, uint8_t *masks, size_t mask_stride) {
    const __m512 zero = _mm512_setzero_ps();
    for (size_t r = 0; r < rows; r++) {
        const float *from = source + r * source_stride;
        float *to = destination + r * destination_stride;
        uint8_t *bits = masks + r * mask_stride;
        for (size_t c = 0; c < channels; c += 16) {
            __mmask16 m = lanes(c, channels);
            __m512 value = _mm512_add_ps(_mm512_maskz_loadu_ps(m, from + c), _mm512_maskz_loadu_ps(m, bias + c));
            uint16_t open = _mm512_mask_cmp_ps_mask(m, value, zero, _CMP_GT_OQ);
            _mm512_mask_storeu_ps(to + c, m, _mm512_maskz_mov_ps(open, value));
            __builtin_memcpy(bits + c / 8, &open, 2);
        }
    }
}

AVX512 static void apply_masks(size_t rows, size_t channels, float *gradient, size_t stride, const uint8_t *masks,
                               size_t mask_stride, int guided) {
    const __m512 zero = _mm512_setzero_ps();
    for (size_t r = 0; r < rows; r++) {
        float *row = gradient + r * stride;
        const uint8_t *bits = masks + r * mask_stride;
        for (size_t c = 0; c < channels; c += 16) {
            __mmask16 m = lanes(c, channels);
            uint16_t open;
            __builtin_memcpy(&open, bits + c / 8, 2);
            __m512 value = _mm512_maskz_loadu_ps(m & open, row + c);
            if (guided) value = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(value, zero, _CMP_GT_OQ), value);
            _mm512_mask_storeu_ps(row + c, m, value);
        }
    }
}

// Vectors that a pool processes at once: successive rows of one vector depend on each other, vectors side by side do
// not.
enum { VECTORS = 4 };

AVX512 static inline __attribute__((always_inline)) void maximum_of(size_t count, const float *const *rows, size_t c,
                                                                    __mmask16 m, const int vectors,
                                                                    const uint8_t *codes, float *destination,
                                                                    uint8_t *indices) {
    __m512 best[VECTORS];
    __m512i code[VECTORS];
    for (int v = 0; v < vectors; v++) {
        best[v] = _mm512_maskz_loadu_ps(m, rows[0] + c + 16 * v);
        code[v] = _mm512_set1_epi32(codes[0]);
    }
    for (size_t j = 1; j < count; j++) {
        const __m512i next = _mm512_set1_epi32(codes[j]);
        for (int v = 0; v < vectors; v++) {
            const __m512 value = _mm512_maskz_loadu_ps(m, rows[j] + c + 16 * v);
            const __mmask16 greater = _mm512_cmp_ps_mask(value, best[v], _CMP_GT_OQ);
            // For equal values and for NaN, max returns its second operand, so only greater values replace the maximum.
            best[v] = _mm512_max_ps(value, best[v]);
            code[v] = _mm512_mask_mov_epi32(code[v], greater, next);
        }
    }
    for (int v = 0; v < vectors; v++) {
        _mm512_mask_storeu_ps(destination + c + 16 * v, m, best[v]);
        _mm512_mask_cvtepi32_storeu_epi8(indices + c + 16 * v, m, code[v]);
    }
}

AVX512 static void maximum(size_t count, size_t channels, const float *const *rows, const uint8_t *codes,
                           float *destination, uint8_t *indices) {
    size_t c = 0;
    for (; c + 16 * VECTORS <= channels; c += 16 * VECTORS)
        maximum_of(count, rows, c, 0xFFFF, VECTORS, codes, destination, indices);
    for (; c < channels; c += 16) maximum_of(count, rows, c, lanes(c, channels), 1, codes, destination, indices);
}

AVX512 static inline __attribute__((always_inline)) void winners_of(size_t count, const float *const *gradients,
                                                                    const uint8_t *const *indices, size_t c,
                                                                    __mmask16 m, const int vectors,
                                                                    const uint8_t *codes, float *destination,
                                                                    int accumulate) {
    __m512 sum[VECTORS];
    for (int v = 0; v < vectors; v++)
        sum[v] = accumulate ? _mm512_maskz_loadu_ps(m, destination + c + 16 * v) : _mm512_setzero_ps();
    for (size_t j = 0; j < count; j++) {
        __mmask64 won;
        if (vectors == VECTORS) {
            const __m512i winners = _mm512_loadu_si512(indices[j] + c);
            won = _mm512_cmpeq_epi8_mask(winners, _mm512_set1_epi8((char)codes[j]));
        } else {
            const __m128i winners = _mm_maskz_loadu_epi8(m, indices[j] + c);
            won = _mm_mask_cmpeq_epi8_mask(m, winners, _mm_set1_epi8((char)codes[j]));
        }
        for (int v = 0; v < vectors; v++, won >>= 16) {
            const __m512 value = _mm512_maskz_loadu_ps((__mmask16)won, gradients[j] + c + 16 * v);
            sum[v] = _mm512_mask_add_ps(sum[v], (__mmask16)won, sum[v], value);
        }
    }
    for (int v = 0; v < vectors; v++) _mm512_mask_storeu_ps(destination + c + 16 * v, m, sum[v]);
}

AVX512 static void sum_of_winners(size_t count, size_t channels, const float *const *gradients,
                                  const uint8_t *const *indices, const uint8_t *codes, float *destination,
                                  int accumulate) {
    size_t c = 0;
    for (; c + 16 * VECTORS <= channels; c += 16 * VECTORS)
        winners_of(count, gradients, indices, c, 0xFFFF, VECTORS, codes, destination, accumulate);
    for (; c < channels; c += 16)
        winners_of(count, gradients, indices, c, lanes(c, channels), 1, codes, destination, accumulate);
}

AVX512 static void add(size_t count, const float *source, float *destination) {
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 m = lanes(i, count);
        _mm512_mask_storeu_ps(
            destination + i, m,
            _mm512_add_ps(_mm512_maskz_loadu_ps(m, destination + i), _mm512_maskz_loadu_ps(m, source + i)));
    }
}

AVX512 static void scale_bytes(size_t count, const uint8_t *source, float scale, float offset, float *destination) {
    const __m512 factor = _mm512_set1_ps(scale), term = _mm512_set1_ps(offset);
    for (size_t i = 0; i < count; i += 16) {
        __mmask16 m = lanes(i, count);
        __m512 value = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(m, source + i)));
        _mm512_mask_storeu_ps(destination + i, m, _mm512_add_ps(_mm512_mul_ps(value, factor), term));
    }
}

const engine_kernels engine_avx512_kernels = {
    .name = "avx512",
    .bias_relu = bias_relu,
    .apply_masks = apply_masks,
    .maximum = maximum,
    .sum_of_winners = sum_of_winners,
    .add = add,
    .scale_bytes = scale_bytes,
    .winograd = engine_avx512_winograd,
    .peak = engine_avx512_peak,
    .product = engine_avx512_product,
    .stem = engine_avx512_stem,
    .stem_gradient = engine_avx512_stem_gradient,
};
#endif
