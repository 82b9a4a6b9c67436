// The variant of Winograd convolution and of products of rows that defines the others: no instruction set, each
// multiply-add rounded once.
#define INLINE __attribute__((always_inline)) static inline
#define KERNEL

typedef float strip __attribute__((vector_size(16)));
enum { STRIP = 4, STRIPS = 2, ROWS = 2, LINES = 1 };
#include "winograd_matrix.h"

typedef float lanes16 __attribute__((vector_size(64), aligned(4), may_alias));

INLINE lanes16 load_lanes(const float *p, unsigned used) {
    lanes16 value = {0};
    for (int i = 0; i < 16; i++)
        if (used >> i & 1) value[i] = p[i];
    return value;
}

// The used bytes, zeros between them.
INLINE bytes16 load_bytes(const uint8_t *p, unsigned used) {
    bytes16 value = {0};
    for (int i = 0; i < 16; i++)
        if (used >> i & 1) value[i] = p[i];
    return value;
}

// Writes the used lanes: the value where a lane is open, else 0.
INLINE void store_lanes(float *p, lanes16 value, unsigned open, unsigned used) {
    for (int i = 0; i < 16; i++)
        if (used >> i & 1) p[i] = open >> i & 1 ? value[i] : 0;
}

INLINE unsigned positive_lanes(lanes16 value) {
    unsigned positive = 0;
    for (int i = 0; i < 16; i++) positive |= (unsigned)(value[i] > 0) << i;
    return positive;
}

#define WINOGRAD engine_scalar_winograd
#define PRODUCT engine_scalar_product
#define PEAK engine_scalar_peak
#define STEM engine_scalar_stem
#define STEM_GRADIENT engine_scalar_stem_gradient
#include "winograd_body.h"
#include "stem_body.h"
#include "product_body.h"
#include "peak_body.h"
