#if defined(__x86_64__)
#include <immintrin.h>

#include "overlay_variants.h"

#define AVX2 __attribute__((target("avx2")))

AVX2 static void expand(uint16_t *out, const uint8_t *heat, const uint16_t *index, const uint16_t *weight,
                        size_t count) {
    const __m256i one = _mm256_set1_epi32(saliency_tap_one);
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i position = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(index + i)));
        __m256i second = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(weight + i)));
        // Four bytes from heat[index]; the lower two are the taps.
        __m256i taps = _mm256_i32gather_epi32((const int *)heat, position, 1);
        __m256i samples = _mm256_or_si256(_mm256_and_si256(taps, _mm256_set1_epi32(0xff)),
                                          _mm256_slli_epi32(_mm256_and_si256(taps, _mm256_set1_epi32(0xff00)), 8));
        __m256i weights = _mm256_or_si256(_mm256_sub_epi32(one, second), _mm256_slli_epi32(second, 16));
        __m256i sum = _mm256_madd_epi16(samples, weights);
        _mm_storeu_si128((__m128i *)(out + i),
                         _mm_packus_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1)));
    }
    saliency_expand_scalar(out + i, heat, index + i, weight + i, count - i);
}

AVX2 static inline __m256i mix16(__m256i top, __m256i bottom, __m256i weights) {
    const __m256i half = _mm256_set1_epi32(8192);
    __m256i low = _mm256_madd_epi16(_mm256_unpacklo_epi16(top, bottom), weights);
    __m256i high = _mm256_madd_epi16(_mm256_unpackhi_epi16(top, bottom), weights);
    return _mm256_packs_epi32(_mm256_srli_epi32(_mm256_add_epi32(low, half), 14),
                              _mm256_srli_epi32(_mm256_add_epi32(high, half), 14));
}

AVX2 static void mix(uint8_t *out, const uint16_t *top, const uint16_t *bottom, int weight, size_t count) {
    // Samples are at most 32640 and so fit the signed operands of madd.
    const __m256i weights = _mm256_set1_epi32((saliency_tap_one - weight) | weight << 16);
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        __m256i first = mix16(_mm256_loadu_si256((const __m256i *)(top + i)),
                              _mm256_loadu_si256((const __m256i *)(bottom + i)), weights);
        __m256i second = mix16(_mm256_loadu_si256((const __m256i *)(top + i + 16)),
                               _mm256_loadu_si256((const __m256i *)(bottom + i + 16)), weights);
        __m256i bytes = _mm256_permute4x64_epi64(_mm256_packus_epi16(first, second), 0xd8);
        _mm256_storeu_si256((__m256i *)(out + i), bytes);
    }
    saliency_mix_scalar(out + i, top + i, bottom + i, weight, count - i);
}

// Eight samples as 32-bit lanes.
AVX2 static inline __m256i blend8(const uint8_t *samples, const uint8_t *heat, const uint32_t *packed) {
    __m256i index = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)heat));
    __m256i entry = _mm256_i32gather_epi32((const int *)packed, index, 4);
    __m256i alpha = _mm256_and_si256(entry, _mm256_set1_epi32(0xffff));
    __m256i value = _mm256_and_si256(entry, _mm256_set1_epi32((int)0xffff0000));
    __m256i sample = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)samples));
    __m256i weights = _mm256_or_si256(_mm256_sub_epi32(_mm256_set1_epi32(255), alpha), _mm256_slli_epi32(alpha, 16));
    __m256i x = _mm256_madd_epi16(_mm256_or_si256(sample, value), weights);
    x = _mm256_add_epi32(x, _mm256_set1_epi32(128));
    return _mm256_srli_epi32(_mm256_add_epi32(x, _mm256_srli_epi32(x, 8)), 8);
}

AVX2 static void blend(uint8_t *samples, const uint8_t *heat, const saliency_blend_table *table, size_t count) {
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        __m256i a = blend8(samples + i, heat + i, table->packed);
        __m256i b = blend8(samples + i + 8, heat + i + 8, table->packed);
        __m256i c = blend8(samples + i + 16, heat + i + 16, table->packed);
        __m256i d = blend8(samples + i + 24, heat + i + 24, table->packed);
        __m256i bytes = _mm256_packus_epi16(_mm256_packus_epi32(a, b), _mm256_packus_epi32(c, d));
        // The packs work within 128-bit lanes: lanes hold a0 b0 c0 d0 | a1 b1 c1 d1, four samples each.
        bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
        _mm256_storeu_si256((__m256i *)(samples + i), bytes);
    }
    saliency_blend_scalar(samples + i, heat + i, table, count - i);
}

const saliency_overlay_kernels saliency_overlay_avx2_kernels = {expand, mix, blend};
#endif
