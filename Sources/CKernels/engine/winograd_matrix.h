// Matrix products of Winograd convolution and of rows, written once in vectors.
#ifndef SALIENCYD_WINOGRAD_MATRIX_H
#define SALIENCYD_WINOGRAD_MATRIX_H

#include "kernel_contract.h"
#include "winograd_tile_order.h"

INLINE void clear_sums(const int rows, const int strips, strip sums[ROWS][STRIPS]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < strips; j++) sums[i][j] = (strip){0};
}

// sums[rows][strips] += column `a` times row `b`.
INLINE void add_products(const int rows, const int strips, const float *a, size_t a_stride, const float *b,
                         strip sums[ROWS][STRIPS]) {
    strip right[STRIPS];
#pragma clang loop unroll(full)
    for (int j = 0; j < strips; j++) right[j] = *(const unaligned_strip *)(b + (size_t)j * STRIP);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const strip left = a[(size_t)i * a_stride] - (strip){0};
#pragma clang loop unroll(full)
        for (int j = 0; j < strips; j++) sums[i][j] = __builtin_elementwise_fma(left, right[j], sums[i][j]);
    }
}

INLINE void store_sums(const int rows, const int strips, strip sums[ROWS][STRIPS], float *c, size_t c_stride) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < strips; j++)
            *(unaligned_strip *)(c + (size_t)i * c_stride + (size_t)j * STRIP) = sums[i][j];
}

// c[ROWS][strips * STRIP] = a[ROWS][k] b[k][width], and prefetches `lines` cache lines of `ahead` for each k.
INLINE void multiply(size_t k, const float *a, size_t a_stride, const float *b, size_t width, float *c, size_t c_stride,
                     const float *ahead, const int lines, const int strips) {
    strip sums[ROWS][STRIPS];
    clear_sums(ROWS, strips, sums);
#pragma clang loop unroll_count(4)
    for (size_t n = 0; n < k; n++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < lines; j++) __builtin_prefetch(ahead + (n * (size_t)lines + (size_t)j) * 16, 0, 2);
        add_products(ROWS, strips, a + n, a_stride, b + n * width, sums);
    }
    store_sums(ROWS, strips, sums, c, c_stride);
}

// Computes the products of one panel of filters, [line][column][time][k][width], for the tiles that need them, into
// `sums` [line][column][time][tiles][width].
INLINE void panel_products(size_t edge, size_t span, const range needs[4], size_t k, const float *transformed,
                           size_t depth, size_t product, const float *filters, const size_t width, float *sums,
                           size_t sum_product) {
    enum { ONE = 1 };
    const size_t strips = width / STRIP, at_once = strips % 3 == 0 && STRIPS >= 3 ? 3 : strips % 2 == 0 ? 2 : ONE;
    const size_t products = edge * edge * span;
    for (size_t p = 0, later; p < products; p = later) {
        const range need = needs_of(edge, p / span, needs);
        for (later = p + 1; later < products && is_empty(needs_of(edge, later / span, needs));) later++;
        // The next product's filters are prefetched during this one; after the last there is nothing to prefetch.
        const float *b = filters + p * k * width, *next = later < products ? filters + later * k * width : b;
        for (size_t r = need.first / ROWS * ROWS; r < need.end; r += ROWS) {
            const float *a = transformed + p * product + r * depth;
            float *c = sums + p * sum_product + r * width;
            for (size_t s = 0; s < strips; s += at_once) {
                // Each of the calls prefetches its share, LINES cache lines for each k.
                const float *ahead = next + ((r / ROWS * (strips / at_once) + s / at_once) * k * 16) % (k * width);
                if (at_once == 3)
                    multiply(k, a, depth, b + s * STRIP, width, c + s * STRIP, width, ahead, LINES, 3);
                else if (at_once == 2)
                    multiply(k, a, depth, b + s * STRIP, width, c + s * STRIP, width, ahead, LINES, 2);
                else
                    multiply(k, a, depth, b + s * STRIP, width, c + s * STRIP, width, ahead, LINES, 1);
            }
        }
    }
}

// The same for a panel of any of the three widths.
INLINE void products_of_panel(size_t edge, size_t span, const range needs[4], size_t k, const float *transformed,
                              size_t depth, size_t product, const float *filters, size_t width, float *sums,
                              size_t sum_product) {
    if (width == 48)
        panel_products(edge, span, needs, k, transformed, depth, product, filters, 48, sums, sum_product);
    else if (width == 32)
        panel_products(edge, span, needs, k, transformed, depth, product, filters, 32, sums, sum_product);
    else
        panel_products(edge, span, needs, k, transformed, depth, product, filters, 16, sums, sum_product);
}

#endif
