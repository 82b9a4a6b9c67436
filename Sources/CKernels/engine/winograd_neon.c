// NEON variant of Winograd convolution and of products of rows, with 8 rows by 3 vectors of 4 in registers (24 of 32).
#if defined(__aarch64__)
#include <arm_neon.h>

#define INLINE __attribute__((always_inline)) static inline
#define KERNEL

#define STRIP 4
#define STRIPS 3
#define ROWS 8
#define LINES 1
#include "kernel_contract.h"

typedef struct quarters {
    float32x4_t part[4];
} quarters;

// Lane i is set where bit i of `bits` is.
INLINE uint32x4_t expanded(unsigned bits) {
    const uint32x4_t bit = {1, 2, 4, 8};
    return vtstq_u32(vdupq_n_u32(bits), bit);
}

INLINE vec load_lanes(const float *p, unsigned used) {
    if (used == 0xFFFF) return load(p);
    vec value = {0};
    for (; used != 0; used &= used - 1) {
        const int i = __builtin_ctz(used);
        value[i] = p[i];
    }
    return value;
}
#define load_lanes load_lanes

// The used bytes, zeros elsewhere.
INLINE bytes16 load_bytes(const uint8_t *p, unsigned used) {
    bytes16 value = {0};
    for (; used != 0; used &= used - 1) {
        const int i = __builtin_ctz(used);
        value[i] = p[i];
    }
    return value;
}
#define load_bytes load_bytes

// Writes the used lanes: the value if a lane is open, else 0.
INLINE void store_lanes(float *p, vec value, unsigned open, unsigned used) {
    quarters q;
    __builtin_memcpy(&q, &value, sizeof q);
    for (int i = 0; i < 4; i++)
        q.part[i] = vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(q.part[i]), expanded(open >> 4 * i)));
    __builtin_memcpy(&value, &q, sizeof q);
    if (used == 0xFFFF) {
        store(p, value);
        return;
    }
    for (; used != 0; used &= used - 1) {
        const int i = __builtin_ctz(used);
        p[i] = value[i];
    }
}
#define store_lanes store_lanes

INLINE unsigned positive_lanes(vec value) {
    const uint32x4_t bit = {1, 2, 4, 8};
    quarters q;
    __builtin_memcpy(&q, &value, sizeof q);
    uint32x4_t bits = vandq_u32(vcgtzq_f32(q.part[0]), bit);
    for (int i = 1; i < 4; i++)
        bits = vorrq_u32(bits, vandq_u32(vcgtzq_f32(q.part[i]), vshlq_u32(bit, vdupq_n_s32(4 * i))));
    return vaddvq_u32(bits);
}
#define positive_lanes positive_lanes

#define WINOGRAD engine_neon_winograd
#define PRODUCT engine_neon_product
#define PEAK engine_neon_peak
#define STEM engine_neon_stem
#define STEM_GRADIENT engine_neon_stem_gradient
#include "winograd_body.h"
#include "stem_body.h"
#include "product_body.h"
#include "peak_body.h"
#endif
