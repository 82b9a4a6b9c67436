// The variant of Winograd convolution and of products of rows that defines the results of the others: it needs no
// instruction set, and rounds each multiply-add once.
#define INLINE __attribute__((always_inline)) static inline
#define KERNEL

#define STRIP 4
#define STRIPS 2
#define ROWS 2
#define LINES 1
#include "kernel_contract.h"

INLINE vec load_lanes(const float *p, unsigned used) {
    vec value = {0};
    for (int i = 0; i < 16; i++)
        if (used >> i & 1) value[i] = p[i];
    return value;
}
#define load_lanes load_lanes

// The used bytes, zeros elsewhere.
INLINE bytes16 load_bytes(const uint8_t *p, unsigned used) {
    bytes16 value = {0};
    for (int i = 0; i < 16; i++)
        if (used >> i & 1) value[i] = p[i];
    return value;
}
#define load_bytes load_bytes

// Writes the used lanes: the value if a lane is open, else 0.
INLINE void store_lanes(float *p, vec value, unsigned open, unsigned used) {
    for (int i = 0; i < 16; i++)
        if (used >> i & 1) p[i] = open >> i & 1 ? value[i] : 0;
}
#define store_lanes store_lanes

INLINE unsigned positive_lanes(vec value) {
    unsigned positive = 0;
    for (int i = 0; i < 16; i++) positive |= (unsigned)(value[i] > 0) << i;
    return positive;
}
#define positive_lanes positive_lanes

#define WINOGRAD engine_scalar_winograd
#define PRODUCT engine_scalar_product
#define PEAK engine_scalar_peak
#define STEM engine_scalar_stem
#define STEM_GRADIENT engine_scalar_stem_gradient
#include "winograd_body.h"
#include "stem_body.h"
#include "product_body.h"
#include "peak_body.h"
