// AVX-512 variant of Winograd convolution and of products of rows: 8 rows by 3 vectors of 16 in registers.
#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
#define INLINE TARGET __attribute__((always_inline)) static inline
#define KERNEL TARGET

typedef float strip __attribute__((vector_size(64)));
enum { STRIP = 16, STRIPS = 3, ROWS = 8, LINES = 2 };
#include "winograd_matrix.h"

typedef float lanes16 __attribute__((vector_size(64), aligned(4), may_alias));

INLINE lanes16 load_lanes(const float *p, unsigned used) { return _mm512_maskz_loadu_ps((__mmask16)used, p); }

// The used bytes, zeros between them.
INLINE bytes16 load_bytes(const uint8_t *p, unsigned used) {
    return (bytes16)_mm_maskz_loadu_epi8((__mmask16)used, p);
}

// Writes the used lanes: the value where a lane is open, else 0.
INLINE void store_lanes(float *p, lanes16 value, unsigned open, unsigned used) {
    _mm512_mask_storeu_ps(p, (__mmask16)used, _mm512_maskz_mov_ps((__mmask16)open, value));
}

INLINE unsigned positive_lanes(lanes16 value) {
    return _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_GT_OQ);
}

#define WINOGRAD engine_avx512_winograd
#define PRODUCT engine_avx512_product
#define PEAK engine_avx512_peak
#define STEM engine_avx512_stem
#define STEM_GRADIENT engine_avx512_stem_gradient
#include "winograd_body.h"
#include "stem_body.h"
#include "product_body.h"
#include "peak_body.h"
#endif
