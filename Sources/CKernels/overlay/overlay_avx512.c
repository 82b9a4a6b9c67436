#if defined(__x86_64__)
#include <immintrin.h>

#include "overlay_variants.h"

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi")))

AVX512 static void expand(uint16_t *out, const uint8_t *heat, const uint16_t *index, const uint16_t *weight,
                          size_t count) {
    const __m512i one = _mm512_set1_epi32(saliency_tap_one);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m512i position = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(index + i)));
        __m512i second = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(weight + i)));
        __m512i taps = _mm512_i32gather_epi32(position, heat, 1);
        __m512i samples = _mm512_or_si512(_mm512_and_si512(taps, _mm512_set1_epi32(0xff)),
                                          _mm512_slli_epi32(_mm512_and_si512(taps, _mm512_set1_epi32(0xff00)), 8));
        __m512i weights = _mm512_or_si512(_mm512_sub_epi32(one, second), _mm512_slli_epi32(second, 16));
        _mm256_storeu_si256((__m256i *)(out + i), _mm512_cvtepi32_epi16(_mm512_madd_epi16(samples, weights)));
    }
    saliency_expand_scalar(out + i, heat, index + i, weight + i, count - i);
}

AVX512 static void mix(uint8_t *out, const uint16_t *top, const uint16_t *bottom, int weight, size_t count) {
    const __m512i weights = _mm512_set1_epi32((saliency_tap_one - weight) | weight << 16);
    const __m512i half = _mm512_set1_epi32(8192);
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        __m512i above = _mm512_loadu_si512(top + i), below = _mm512_loadu_si512(bottom + i);
        __m512i low = _mm512_madd_epi16(_mm512_unpacklo_epi16(above, below), weights);
        __m512i high = _mm512_madd_epi16(_mm512_unpackhi_epi16(above, below), weights);
        low = _mm512_srli_epi32(_mm512_add_epi32(low, half), 14);
        high = _mm512_srli_epi32(_mm512_add_epi32(high, half), 14);
        _mm256_storeu_si256((__m256i *)(out + i), _mm512_cvtepi16_epi8(_mm512_packs_epi32(low, high)));
    }
    saliency_mix_scalar(out + i, top + i, bottom + i, weight, count - i);
}

// A 256-entry byte table in four registers.
typedef struct {
    __m512i part[4];
} byte_table;

AVX512 static inline byte_table load_table(const uint8_t *bytes) {
    byte_table table;
    for (int n = 0; n < 4; n++) table.part[n] = _mm512_loadu_si512(bytes + 64 * n);
    return table;
}

AVX512 static inline __m512i look_up(byte_table table, __m512i index) {
    __m512i low = _mm512_permutex2var_epi8(table.part[0], index, table.part[1]);
    __m512i high = _mm512_permutex2var_epi8(table.part[2], index, table.part[3]);
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high);
}

// 32 samples as 16-bit lanes; sums stay below 65536.
AVX512 static inline __m512i blend32(__m512i sample, __m512i alpha, __m512i value) {
    __m512i x = _mm512_add_epi16(_mm512_mullo_epi16(sample, _mm512_sub_epi16(_mm512_set1_epi16(255), alpha)),
                                 _mm512_mullo_epi16(value, alpha));
    x = _mm512_add_epi16(x, _mm512_set1_epi16(128));
    return _mm512_srli_epi16(_mm512_add_epi16(x, _mm512_srli_epi16(x, 8)), 8);
}

AVX512 static void blend(uint8_t *samples, const uint8_t *heat, const saliency_blend_table *table, size_t count) {
    const byte_table alphas = load_table(table->alpha), values = load_table(table->value);
    const __m512i zero = _mm512_setzero_si512();
    for (size_t i = 0; i < count; i += 64) {
        size_t left = count - i;
        __mmask64 lanes = left >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << left) - 1;
        __m512i index = _mm512_maskz_loadu_epi8(lanes, heat + i);
        __m512i sample = _mm512_maskz_loadu_epi8(lanes, samples + i);
        __m512i alpha = look_up(alphas, index), value = look_up(values, index);
        __m512i low = blend32(_mm512_unpacklo_epi8(sample, zero), _mm512_unpacklo_epi8(alpha, zero),
                              _mm512_unpacklo_epi8(value, zero));
        __m512i high = blend32(_mm512_unpackhi_epi8(sample, zero), _mm512_unpackhi_epi8(alpha, zero),
                               _mm512_unpackhi_epi8(value, zero));
        _mm512_mask_storeu_epi8(samples + i, lanes, _mm512_packus_epi16(low, high));
    }
}

const saliency_overlay_kernels saliency_overlay_avx512_kernels = {expand, mix, blend};
#endif
