// The stem, 7x7x7 with stride 2, as nested Winograd convolution F(4, 4)^3 with stride 1 over blocks of 2x2x2 elements;
// the eighth tap of each axis is zero.
//
// A block's channels are [frame][line][column][channel], so that a line of a block is contiguous in the clip.
#ifndef STEM
#error "define STEM: the kernel's name"
#endif
#ifndef STEM_GRADIENT
#error "define STEM_GRADIENT: the name of the kernel of the clip's gradient"
#endif

#include "winograd_tiles.h"

KERNEL void STEM(const engine_winograd *w, const engine_blocks *blocks, const float *clip, const float *filters,
                 size_t first, size_t count, float *scratch, const engine_epilogue *epilogue) {
    // A vector's spare lanes extend from the first frame's channels into the second's, which are written later.
    const size_t depth = 4 * blocks->channels + 16;
    const size_t rows = (count + ROWS - 1) / ROWS * ROWS;
    const size_t product = WINOGRAD_ROWS * depth + 16;
    float *transformed = scratch, *sums = scratch + STEM_PRODUCTS * product;
    const tile_source source = {.first = clip, .blocks = blocks};
    if (blocks->bytes)
        input_transform(4, 4, OF_BYTES, w, source, first, count, rows, depth, product, transformed);
    else
        input_transform(4, 4, OF_BLOCKS, w, source, first, count, rows, depth, product, transformed);
    multiply_tiles(4, 4, w, 8 * blocks->channels, transformed, depth, product, filters, sums, first, count, epilogue);
}

// Writes one of the two frames of each block of a tile to the clip.
INLINE void write_blocks(const engine_blocks *blocks, tile_origin at, size_t g,
                         const vec half[WINOGRAD_OUTPUTS][WINOGRAD_OUTPUTS][MAXIMUM_EDGE], float *clip) {
    const size_t line_floats = blocks->width * blocks->channels;
    for (size_t k = 0; k < WINOGRAD_OUTPUTS && k < at.frames; k++) {
        const size_t frame = block_start(at.t + k, blocks->frames) + g;
        if (frame >= blocks->frames) continue;
        for (size_t i = 0; i < WINOGRAD_OUTPUTS && i < at.lines; i++) {
            vec y[WINOGRAD_OUTPUTS];
            transform_output(WINOGRAD_OUTPUTS, 4, half[k][i], y);
            const size_t upper = block_start(at.y + i, blocks->height);
            for (size_t j = 0; j < WINOGRAD_OUTPUTS && j < at.columns; j++) {
                const size_t x = block_start(at.x + j, blocks->width);
                const unsigned exist = existing_columns(blocks, x);
                const size_t width = 2 * blocks->channels;
                for (size_t d = 0; d < 2; d++) {
                    if (upper + d >= blocks->height) continue;
                    const ptrdiff_t line = (ptrdiff_t)((frame * blocks->height + upper + d) * line_floats);
                    float *to = clip + line + (ptrdiff_t)x * (ptrdiff_t)blocks->channels - d * width;
                    store_lanes(to, y[j], 0xFFFF, exist << d * width);
                }
            }
        }
    }
}

KERNEL void STEM_GRADIENT(const engine_winograd *w, const engine_blocks *blocks, const float *source, size_t stride,
                          const float *filters, size_t first, size_t count, float *scratch, float *clip) {
    const size_t depth = (w->in_channels + 15) / 16 * 16;
    const size_t rows = (count + ROWS - 1) / ROWS * ROWS;
    const size_t product = WINOGRAD_ROWS * depth + 16;
    // Each of a block's two frames has 16 columns.
    const size_t width = 32, sum_product = WINOGRAD_ROWS * width + 16;
    float *transformed = scratch, *sums = scratch + STEM_PRODUCTS * product;
    input_transform(4, 4, OF_ROWS, w, (tile_source){.first = source, .stride = stride}, first, count, rows, depth,
                    product, transformed);
    range needs[4];
    tiles_in_need(w, first, count, needs);
    panel_products(7, 7, needs, w->in_channels, transformed, depth, product, filters, width, sums, sum_product);
    for (size_t r = 0; r < count; r++) {
        for (size_t g = 0; g < 2; g++) {
            vec half[WINOGRAD_OUTPUTS][WINOGRAD_OUTPUTS][MAXIMUM_EDGE];
            output_planes(4, 4, sums + r * width + g * 16, sum_product, half);
            write_blocks(blocks, tile_origin_of(w, first + r), g, half, clip);
        }
    }
}
