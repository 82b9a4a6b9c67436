// What a variant of Winograd convolution and of products of rows must define for its instruction set. A variant is one
// .c file, in this order:
//
//     #define INLINE, KERNEL, STRIP, STRIPS, ROWS, LINES   see below
//     #include "kernel_contract.h"                         checks them and defines the vector types
//     INLINE vec load_lanes(…) {…}                         four functions for masked access, each followed by a
//     #define load_lanes load_lanes                        macro of the same name, which the next headers check
//     …
//     #define WINOGRAD, STEM, STEM_GRADIENT, PRODUCT, PEAK the names of its kernels
//     #include "winograd_body.h"                           the kernels; each body checks what it needs
//     #include "stem_body.h", "product_body.h", "peak_body.h"
//
// Every variant adds in the same order and rounds at the same places, so all give the same bits: its definitions may
// change how many sums are computed at once, but never the order within a sum.
//
// A tile of 4x4 outputs of 3x3 filters reads 6x6 inputs (shown for one frame; the same applies along time):
//
//         input                                   outputs
//       . . . . . .        . one of 6x6           o o o o      WINOGRAD_OUTPUTS along height and width;
//       . . . . . .        inputs, transformed    o o o o      the next tile's inputs overlap these by 2
//       . . . . . .        into 6x6 values,       o o o o
//       . . . . . .        each times one of      o o o o
//       . . . . . .        6x6 of the filter
//       . . . . . .
//
// An edge of 14 is divided into 4 + 4 + 3 + 3: tiles of 3 outputs are called cut, and omit the products of the point at
// infinity along that axis (the last line or column of products), which affect only a tile's fourth output:
//
//       columns  0..3   4..7  8..10 11..13           products of a tile cut in width:
//       lines   +------+------+-----+-----+
//        0..3   |whole |whole | cut | cut |           P P P P P -      - not computed
//               +------+------+-----+-----+           P P P P P -
//        4..7   |whole |whole | cut | cut |           P P P P P -
//               +------+------+-----+-----+           P P P P P -
//        8..10  | cut  | cut  | both| both|           P P P P P -
//               +------+------+-----+-----+           P P P P P -
//       11..13  | cut  | cut  | both| both|
//               +------+------+-----+-----+
//
// Products are numbered [line][column][time], time innermost: number (u * edge + v) * span + k for line u, column v,
// time k, where edge = taps + 3 and span = taps + tile_frames - 1. 3x3x3 filters have 6 * 6 * 6 = 216 products, or
// 6 * 6 * 4 = 144 with 2 output frames per tile; the stem's 4x4x4 filters over blocks of 2x2x2 have 7 * 7 * 7 = 343.
// Tiles are numbered by winograd_tile_order.h such that those which need a product are one range.
#ifndef SALIENCYD_KERNEL_CONTRACT_H
#define SALIENCYD_KERNEL_CONTRACT_H

#ifndef INLINE
#error "define INLINE: attributes of helpers, always_inline and the target's among them, and `static inline`"
#endif
#ifndef KERNEL
#error "define KERNEL: attributes of kernels, the target's (may be empty)"
#endif
#ifndef STRIP
#error "define STRIP: floats in one vector of the matrix product"
#elif STRIP != 4 && STRIP != 8 && STRIP != 16
#error "STRIP must be 4, 8 or 16: panels of filters are multiples of 16 columns wide"
#endif
#ifndef STRIPS
#error "define STRIPS: maximum number of strips side by side that the matrix product holds in registers"
#elif STRIPS < 2
#error "STRIPS must be at least 2: panels are processed in twos and, where STRIPS allows, in threes"
#endif
#ifndef ROWS
#error "define ROWS: rows that the matrix product holds in registers"
#elif ROWS != 1 && ROWS != 2 && ROWS != 4 && ROWS != 8 && ROWS != 16
#error "ROWS must divide WINOGRAD_ROWS, 16"
#endif
#ifndef LINES
#error "define LINES: cache lines of filters that each step of the matrix product fetches ahead"
#endif

#include "engine_variants.h"

// Vectors are only passed between inlined functions, so the calling convention does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

// The vector of the matrix product; `unaligned_strip` is one at any address.
typedef float strip __attribute__((vector_size(4 * STRIP)));
typedef strip unaligned_strip __attribute__((aligned(4), may_alias));
// 16 channels, independent of the registers' width: the vector of transforms and epilogues; and 16 bytes.
typedef float vec __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint8_t bytes16 __attribute__((vector_size(16)));

INLINE vec fma_vec(vec a, float b, vec c) { return __builtin_elementwise_fma(a, b - (vec){0}, c); }
INLINE vec load(const float *p) { return *(const vec *)p; }
INLINE void store(float *p, vec v) { *(vec *)p = v; }

#endif
