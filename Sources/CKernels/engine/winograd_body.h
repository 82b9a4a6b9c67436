// Nested Winograd convolution of 3x3x3 units: F(4, 3)^3, or F(4, 3)^2 x F(2, 3) with 2 output frames per tile.
#ifndef WINOGRAD
#error "define WINOGRAD: the kernel's name"
#endif

#include "winograd_tiles.h"

INLINE void convolve(const int tile_frames, const engine_winograd *w, const float *source, size_t stride,
                     const float *filters, size_t first, size_t count, float *scratch,
                     const engine_epilogue *epilogue) {
    const size_t depth = (w->in_channels + 15) / 16 * 16;
    const size_t rows = (count + ROWS - 1) / ROWS * ROWS;
    const size_t product = WINOGRAD_ROWS * depth + 16;
    float *transformed = scratch, *sums = scratch + winograd_products((size_t)tile_frames) * product;
    input_transform(3, tile_frames, OF_ROWS, w, (tile_source){.first = source, .stride = stride}, first, count, rows,
                    depth, product, transformed);
    multiply_tiles(3, tile_frames, w, w->in_channels, transformed, depth, product, filters, sums, first, count,
                   epilogue);
}

KERNEL void WINOGRAD(const engine_winograd *w, const float *source, size_t stride, const float *filters, size_t first,
                     size_t count, float *scratch, const engine_epilogue *epilogue) {
    if (w->tile_frames == 2)
        convolve(2, w, source, stride, filters, first, count, scratch, epilogue);
    else
        convolve(4, w, source, stride, filters, first, count, scratch, epilogue);
}
