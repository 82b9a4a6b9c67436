// AVX-512 variant of Winograd convolution and of products of rows, with 8 rows by 3 vectors of 16 in registers.
#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
#define INLINE TARGET __attribute__((always_inline)) static inline
#define KERNEL TARGET

#define STRIP 16
#define STRIPS 3
#define ROWS 8
#define LINES 2
#include "kernel_contract.h"

INLINE vec load_lanes(const float *p, unsigned used) { return _mm512_maskz_loadu_ps((__mmask16)used, p); }
#define load_lanes load_lanes

// The used bytes, zeros elsewhere.
INLINE bytes16 load_bytes(const uint8_t *p, unsigned used) { return (bytes16)_mm_maskz_loadu_epi8((__mmask16)used, p); }
#define load_bytes load_bytes

// Writes the used lanes: the value if a lane is open, else 0.
INLINE void store_lanes(float *p, vec value, unsigned open, unsigned used) {
    _mm512_mask_storeu_ps(p, (__mmask16)used, _mm512_maskz_mov_ps((__mmask16)open, value));
}
#define store_lanes store_lanes

INLINE unsigned positive_lanes(vec value) { return _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_GT_OQ); }
#define positive_lanes positive_lanes

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
