// Rows times packed filters, followed by the epilogue.
#ifndef PRODUCT
#error "define PRODUCT: the kernel's name"
#endif

#include "winograd_tiles.h"

// c[rows][strips * STRIP] = the sources' rows from `r` on, side by side, times b[depth][width].
INLINE void multiply_rows(const int rows, const int strips, size_t r, const engine_rows *sources, size_t count,
                          const float *b, size_t width, float *c) {
    strip sums[ROWS][STRIPS];
    clear_sums(rows, strips, sums);
    for (size_t s = 0; s < count; s++) {
        const float *a = sources[s].first + r * sources[s].stride;
        const size_t stride = sources[s].stride, depth = sources[s].depth;
#pragma clang loop unroll_count(2)
        for (size_t k = 0; k < depth; k++) add_products(rows, strips, a + k, stride, b + k * width, sums);
        b += depth * width;
    }
    store_sums(rows, strips, sums, c, width);
}

// One panel of filters, [depth][width], whose results are columns [n, n + width).
INLINE void panel_of_rows(size_t rows, const engine_rows *sources, size_t count, const float *filters,
                          const size_t width, size_t n, size_t columns, const engine_epilogue *epilogue) {
    const int strips = (int)(width / STRIP), at_once = strips % 3 == 0 && STRIPS >= 3 ? 3 : strips % 2 == 0 ? 2 : 1;
    vec bias[3] = {{0}};
    unsigned used[3];
    for (size_t c = 0; c < width / 16; c++) {
        const size_t left = n + 16 * c < columns ? columns - n - 16 * c : 0;
        used[c] = left >= 16 ? 0xFFFF : (1u << left) - 1;
        if (epilogue->bias) bias[c] = load_lanes(epilogue->bias + n + 16 * c, used[c]);
    }
    for (size_t r = 0; r < rows; r += ROWS) {
        float sums[ROWS * WINOGRAD_WIDEST_PANEL] __attribute__((aligned(64)));
        const size_t left = rows - r < ROWS ? rows - r : ROWS;
        // Prefetches the destination while the sums are computed.
        for (size_t i = 0; i < left; i++)
            for (size_t c = 0; c < width / 16; c++)
                __builtin_prefetch(epilogue->destination + (r + i) * epilogue->stride + n + 16 * c, 1, 3);
        for (int s = 0; s < strips; s += at_once) {
            const float *b = filters + s * STRIP;
            float *c = sums + s * STRIP;
            if (left == ROWS) {
                if (at_once == 3)
                    multiply_rows(ROWS, 3, r, sources, count, b, width, c);
                else if (at_once == 2)
                    multiply_rows(ROWS, 2, r, sources, count, b, width, c);
                else
                    multiply_rows(ROWS, 1, r, sources, count, b, width, c);
                continue;
            }
            for (size_t i = 0; i < left; i++) {
                if (at_once == 3)
                    multiply_rows(1, 3, r + i, sources, count, b, width, c + i * width);
                else if (at_once == 2)
                    multiply_rows(1, 2, r + i, sources, count, b, width, c + i * width);
                else
                    multiply_rows(1, 1, r + i, sources, count, b, width, c + i * width);
            }
        }
        for (size_t i = 0; i < left; i++)
            for (size_t c = 0; c < width / 16; c++)
                if (used[c])
                    apply_epilogue(epilogue, load(sums + i * width + 16 * c), bias[c], r + i, n + 16 * c, used[c]);
    }
}

KERNEL void PRODUCT(size_t rows, const engine_rows *sources, size_t count, const float *filters, size_t columns,
                    const engine_epilogue *epilogue) {
    size_t depth = 0;
    for (size_t s = 0; s < count; s++) depth += sources[s].depth;
    for (size_t n = 0; n < columns;) {
        const size_t width = winograd_panel(columns, n);
        if (width == 48)
            panel_of_rows(rows, sources, count, filters, 48, n, columns, epilogue);
        else if (width == 32)
            panel_of_rows(rows, sources, count, filters, 32, n, columns, epilogue);
        else
            panel_of_rows(rows, sources, count, filters, 16, n, columns, epilogue);
        filters += depth * width;
        n += width;
    }
}
