// Made by tools/winograd_transforms.py; do not edit.
// F(4, 3) at the points 0, 3/4, -3/4, 3/2, -3/2 and infinity.
// F(2, 3) at the points 0, 1, -1 and infinity.
// F(4, 4) at the points 0, 1/2, -1/2, 1, -1, 2 and infinity.
// Included by winograd_tiles.h for the variants' transforms (INLINE, `vec` and `fma_vec` are kernel_contract.h's), and
// by winograd_filters.c for the filters' (WINOGRAD_WIDE, a vector of doubles).
// clang-format off

#if !defined(INLINE) && !defined(WINOGRAD_WIDE)
#error "define INLINE and include kernel_contract.h, or define WINOGRAD_WIDE: the vector type of the filters"
#endif
#if defined(INLINE) && !defined(SALIENCYD_KERNEL_CONTRACT_H)
#error "include kernel_contract.h first"
#endif

#ifdef INLINE
// d -> BT d: what the transformed filters are multiplied by.
INLINE void winograd43_input(const vec x[6], vec y[6]) {
    y[0] = fma_vec(x[2], -2.8125f, fma_vec(x[0], 1.265625f, x[4]));
    const vec even0 = fma_vec(x[2], -2.25f, x[4]);
    const vec odd0 = fma_vec(x[3], 0.75f, x[1] * -1.6875f);
    y[1] = even0 + odd0;
    y[2] = even0 - odd0;
    const vec even1 = fma_vec(x[2], -0.5625f, x[4]);
    const vec odd1 = fma_vec(x[3], 1.5f, x[1] * -0.84375f);
    y[3] = even1 + odd1;
    y[4] = even1 - odd1;
    y[5] = fma_vec(x[3], -2.8125f, fma_vec(x[1], 1.265625f, x[5]));
}

INLINE void winograd23_input(const vec x[4], vec y[4]) {
    y[0] = fma_vec(x[0], -1.0f, x[2]);
    const vec even0 = x[2];
    const vec odd0 = x[1];
    y[1] = even0 + odd0;
    y[2] = even0 - odd0;
    y[3] = fma_vec(x[1], -1.0f, x[3]);
}

INLINE void winograd44_input(const vec x[7], vec y[7]) {
    y[5] = fma_vec(x[3], -1.25f, fma_vec(x[1], 0.25f, x[5]));
    vec d[6];
    for (int k = 0; k < 6; k++) d[k] = fma_vec(x[k], -2.0f, x[k + 1]);
    y[0] = fma_vec(d[2], -1.25f, fma_vec(d[0], 0.25f, d[4]));
    const vec even0 = fma_vec(d[2], -1.0f, d[4]);
    const vec odd0 = fma_vec(d[3], 0.5f, d[1] * -0.5f);
    y[1] = even0 + odd0;
    y[2] = even0 - odd0;
    const vec even1 = fma_vec(d[2], -0.25f, d[4]);
    const vec odd1 = fma_vec(d[1], -0.25f, d[3]);
    y[3] = even1 + odd1;
    y[4] = even1 - odd1;
    y[6] = fma_vec(d[3], -1.25f, fma_vec(d[1], 0.25f, d[5]));
}

// The products -> AT: outputs.
INLINE void winograd43_output(const vec x[6], vec y[4]) {
    const vec sum0 = x[1] + x[2];
    const vec difference0 = x[1] - x[2];
    const vec sum1 = x[3] + x[4];
    const vec difference1 = x[3] - x[4];
    y[0] = x[0] + sum0 + sum1;
    y[1] = fma_vec(difference1, 1.5f, difference0 * 0.75f);
    y[2] = fma_vec(sum1, 2.25f, sum0 * 0.5625f);
    y[3] = fma_vec(difference1, 3.375f, fma_vec(difference0, 0.421875f, x[5]));
}

INLINE void winograd23_output(const vec x[4], vec y[2]) {
    const vec sum0 = x[1] + x[2];
    const vec difference0 = x[1] - x[2];
    y[0] = x[0] + sum0;
    y[1] = difference0 + x[3];
}

INLINE void winograd44_output(const vec x[7], vec y[4]) {
    const vec sum0 = x[1] + x[2];
    const vec difference0 = x[1] - x[2];
    const vec sum1 = x[3] + x[4];
    const vec difference1 = x[3] - x[4];
    y[0] = x[0] + sum0 + sum1 + x[5];
    y[1] = fma_vec(x[5], 2.0f, fma_vec(difference0, 0.5f, difference1));
    y[2] = fma_vec(x[5], 4.0f, fma_vec(sum0, 0.25f, sum1));
    y[3] = fma_vec(x[5], 8.0f, fma_vec(difference0, 0.125f, difference1 + x[6]));
}

#endif

// G: taps -> transformed, for 16 filters side by side.
#ifdef WINOGRAD_WIDE
static inline void winograd43_filter(const WINOGRAD_WIDE g[3], WINOGRAD_WIDE u[6]) {
    u[0] = g[0] * (64.0 / 81);
    u[1] = g[0] * (-128.0 / 243) + g[1] * (-32.0 / 81) + g[2] * (-8.0 / 27);
    u[2] = g[0] * (-128.0 / 243) + g[1] * (32.0 / 81) + g[2] * (-8.0 / 27);
    u[3] = g[0] * (32.0 / 243) + g[1] * (16.0 / 81) + g[2] * (8.0 / 27);
    u[4] = g[0] * (32.0 / 243) + g[1] * (-16.0 / 81) + g[2] * (8.0 / 27);
    u[5] = g[2] * (1.0 / 1);
}

static inline void winograd23_filter(const WINOGRAD_WIDE g[3], WINOGRAD_WIDE u[4]) {
    u[0] = g[0] * (-1.0 / 1);
    u[1] = g[0] * (1.0 / 2) + g[1] * (1.0 / 2) + g[2] * (1.0 / 2);
    u[2] = g[0] * (1.0 / 2) + g[1] * (-1.0 / 2) + g[2] * (1.0 / 2);
    u[3] = g[2] * (1.0 / 1);
}

static inline void winograd44_filter(const WINOGRAD_WIDE g[4], WINOGRAD_WIDE u[7]) {
    u[0] = g[0] * (-2.0 / 1);
    u[1] = g[0] * (16.0 / 9) + g[1] * (8.0 / 9) + g[2] * (4.0 / 9) + g[3] * (2.0 / 9);
    u[2] = g[0] * (16.0 / 15) + g[1] * (-8.0 / 15) + g[2] * (4.0 / 15) + g[3] * (-2.0 / 15);
    u[3] = g[0] * (-2.0 / 3) + g[1] * (-2.0 / 3) + g[2] * (-2.0 / 3) + g[3] * (-2.0 / 3);
    u[4] = g[0] * (-2.0 / 9) + g[1] * (2.0 / 9) + g[2] * (-2.0 / 9) + g[3] * (2.0 / 9);
    u[5] = g[0] * (2.0 / 45) + g[1] * (4.0 / 45) + g[2] * (8.0 / 45) + g[3] * (16.0 / 45);
    u[6] = g[3] * (1.0 / 1);
}

#endif
