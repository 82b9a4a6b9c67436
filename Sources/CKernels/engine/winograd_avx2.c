// AVX2 and FMA variant of Winograd convolution and of products of rows, with 4 rows by 2 vectors of 8 in registers;
// with 3 vectors, one of the 12 sums would not fit.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma")))
#define INLINE TARGET __attribute__((always_inline)) static inline
#define KERNEL TARGET

#define STRIP 8
#define STRIPS 2
#define ROWS 4
#define LINES 1
#include "kernel_contract.h"
typedef struct halves {
    __m256 low, high;
} halves;

// Lane i is set where bit i of `bits` is.
INLINE __m256i expanded(unsigned bits) {
    const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)bits), bit), bit);
}

INLINE vec load_lanes(const float *p, unsigned used) {
    const halves h = {_mm256_maskload_ps(p, expanded(used)), _mm256_maskload_ps(p + 8, expanded(used >> 8))};
    vec value;
    __builtin_memcpy(&value, &h, sizeof value);
    return value;
}
#define load_lanes load_lanes

// The used bytes, zeros elsewhere. The bits of `used` are contiguous.
INLINE bytes16 load_bytes(const uint8_t *p, unsigned used) {
    uint64_t words[2] = {0, 0};
    // A line of an RGB block.
    if (used == 0x3F || used == 0xFC0) {
        uint32_t four;
        uint16_t two;
        memcpy(&four, p + (used == 0x3F ? 0 : 6), 4);
        memcpy(&two, p + (used == 0x3F ? 4 : 10), 2);
        const uint64_t six = four | (uint64_t)two << 32;
        words[0] = used == 0x3F ? six : six << 48;
        words[1] = used == 0x3F ? 0 : six >> 16;
        used = 0;
    }
    for (; used != 0; used &= used - 1) {
        const unsigned i = (unsigned)__builtin_ctz(used);
        words[i / 8] |= (uint64_t)p[i] << i % 8 * 8;
    }
    return (bytes16)_mm_set_epi64x((long long)words[1], (long long)words[0]);
}
#define load_bytes load_bytes

// Writes the used lanes: the value if a lane is open, else 0.
INLINE void store_lanes(float *p, vec value, unsigned open, unsigned used) {
    halves h;
    __builtin_memcpy(&h, &value, sizeof h);
    h.low = _mm256_and_ps(h.low, _mm256_castsi256_ps(expanded(open)));
    h.high = _mm256_and_ps(h.high, _mm256_castsi256_ps(expanded(open >> 8)));
    _mm256_maskstore_ps(p, expanded(used), h.low);
    _mm256_maskstore_ps(p + 8, expanded(used >> 8), h.high);
}
#define store_lanes store_lanes

INLINE unsigned positive_lanes(vec value) {
    halves h;
    __builtin_memcpy(&h, &value, sizeof h);
    const __m256 zero = _mm256_setzero_ps();
    const int low = _mm256_movemask_ps(_mm256_cmp_ps(h.low, zero, _CMP_GT_OQ));
    const int high = _mm256_movemask_ps(_mm256_cmp_ps(h.high, zero, _CMP_GT_OQ));
    return (unsigned)low | (unsigned)high << 8;
}
#define positive_lanes positive_lanes

#define WINOGRAD engine_avx2_winograd
#define PRODUCT engine_avx2_product
#define PEAK engine_avx2_peak
#define STEM engine_avx2_stem
#define STEM_GRADIENT engine_avx2_stem_gradient
#include "winograd_body.h"
#include "stem_body.h"
#include "product_body.h"
#include "peak_body.h"
#endif
