// Nested Winograd convolution F(4, 3)^3 of 3x3x3 units. A form defines WINOGRAD, the kernel's name.
#include "winograd_tiles.h"

KERNEL void WINOGRAD(const engine_winograd *w, const float *source, size_t stride, const float *filters, size_t first,
                     size_t count, float *scratch, const engine_winograd_end *end) {
    const size_t depth = (w->in_channels + 15) / 16 * 16;
    const size_t rows = (count + ROWS - 1) / ROWS * ROWS;
    const size_t product = WINOGRAD_ROWS * depth + 16;
    float *transformed = scratch, *sums = scratch + WINOGRAD_PRODUCTS * product;
    input_transform(3, 0, w, (origin){.first = source, .stride = stride}, first, count, rows, depth, product,
                    transformed);
    multiply_and_end(3, w, w->in_channels, transformed, rows, depth, product, filters, sums, first, count, end);
}
