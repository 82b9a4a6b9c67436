// Tiles of Winograd convolution, in vectors of 16 floats: the code that 3x3x3 units and the stem share.
//
// `taps` is 3 or 4; `tile_frames` is the number of a tile's output frames, 4 or (with 3 taps) 2. Both are constants
// wherever these functions are inlined. Along height and width a tile has WINOGRAD_OUTPUTS outputs.
#ifndef SALIENCYD_WINOGRAD_TILES_H
#define SALIENCYD_WINOGRAD_TILES_H

#include <string.h>

#include "lane_contract.h"
#include "winograd_matrix.h"
#include "winograd_transforms.h"

enum { MAXIMUM_EDGE = 7, MAXIMUM_PLANE = MAXIMUM_EDGE * MAXIMUM_EDGE };

INLINE void transform_input(const int outputs, const int taps, const vec *x, vec *y) {
    if (taps == 4)
        winograd44_input(x, y);
    else if (outputs == 4)
        winograd43_input(x, y);
    else
        winograd23_input(x, y);
}

INLINE void transform_output(const int outputs, const int taps, const vec *x, vec *y) {
    if (taps == 4)
        winograd44_output(x, y);
    else if (outputs == 4)
        winograd43_output(x, y);
    else
        winograd23_output(x, y);
}

// The kind of input: rows of channels, or blocks of a clip of floats or of bytes; a constant wherever it is passed.
enum { OF_ROWS, OF_BLOCKS, OF_BYTES };

typedef struct tile_source {
    const float *first;           // of rows and of blocks of floats
    size_t stride;                // of rows: floats from one to the next
    const engine_blocks *blocks;  // of blocks
} tile_source;

// The elements that a tile reads: element [i][j] of its planes, as offsets in samples from the frame's start.
typedef struct footprint {
    // Rows: the offset of [i][j], or -1 outside.
    ptrdiff_t offsets[MAXIMUM_PLANE];
    // Blocks: the offsets of the two lines of [i], or -1 outside; the offset of the columns of [j], and which of their
    // samples exist.
    ptrdiff_t lines[2 * MAXIMUM_EDGE];
    ptrdiff_t columns[MAXIMUM_EDGE];
    unsigned exist[MAXIMUM_EDGE];
    int is_inside;
} footprint;

// The footprint of a tile that begins at element (y, x); indices before the first element wrap around and are outside.
INLINE void rows_footprint(const int taps, const engine_winograd *w, size_t y, size_t x, size_t stride, footprint *f) {
    const size_t edge = (size_t)taps + WINOGRAD_OUTPUTS - 1;
    f->is_inside = 1;
    for (size_t i = 0; i < edge; i++) {
        for (size_t j = 0; j < edge; j++) {
            const size_t line = y + i, column = x + j;
            const int inside = line < w->height && column < w->width;
            f->offsets[i * edge + j] = inside ? (ptrdiff_t)((line * w->width + column) * stride) : -1;
            f->is_inside &= inside;
        }
    }
}

// A block is 2x2x2 elements of a clip; if the clip's size is odd, the first block begins one element before it.
INLINE size_t block_start(size_t block, size_t size) { return 2 * block - size % 2; }

INLINE unsigned existing_columns(const engine_blocks *blocks, size_t x) {
    const unsigned one = (1u << blocks->channels) - 1;
    return (x < blocks->width ? one : 0) | (x + 1 < blocks->width ? one << blocks->channels : 0);
}

INLINE void blocks_footprint(const int taps, const engine_blocks *blocks, size_t y, size_t x, footprint *f) {
    const size_t edge = (size_t)taps + WINOGRAD_OUTPUTS - 1;
    f->is_inside = 1;
    for (size_t i = 0; i < edge; i++) {
        for (size_t d = 0; d < 2; d++) {
            const size_t line = block_start(y + i, blocks->height) + d;
            const int inside = line < blocks->height;
            f->lines[2 * i + d] = inside ? (ptrdiff_t)(line * blocks->width * blocks->channels) : -1;
            f->is_inside &= inside;
        }
        const size_t column = block_start(x + i, blocks->width);
        f->columns[i] = (ptrdiff_t)column * (ptrdiff_t)blocks->channels;
        f->exist[i] = existing_columns(blocks, column);
        f->is_inside &= column < blocks->width && column + 1 < blocks->width;
    }
}

// The two lines of one frame of a block, side by side; `lanes` are the lanes of one line, `at` is the frame's offset.
INLINE vec load_block(const footprint *f, const float *clip, size_t at, unsigned lanes, int is_inside, int i, int j) {
    const unsigned exist = is_inside ? lanes : f->exist[j], width = (unsigned)__builtin_popcount(lanes);
    const float *column = clip + at + f->columns[j];
    const ptrdiff_t upper = f->lines[2 * i], lower = f->lines[2 * i + 1];
    vec value = {0};
    if (is_inside || upper >= 0) value = load_lanes(column + upper, exist);
    if (is_inside || lower >= 0) value = value + load_lanes(column + lower - width, exist << width);
    return value;
}

// The same from bytes. Samples that do not exist are 0, without the offset.
INLINE vec load_block_of_bytes(const footprint *f, const engine_blocks *blocks, size_t at, unsigned lanes,
                               int is_inside, int i, int j) {
    const unsigned exist = is_inside ? lanes : f->exist[j], width = (unsigned)__builtin_popcount(lanes);
    const uint8_t *column = blocks->bytes + at + f->columns[j];
    const ptrdiff_t upper = f->lines[2 * i], lower = f->lines[2 * i + 1];
    bytes16 bytes = {0};
    unsigned used = 0;
    if (is_inside || upper >= 0) {
        bytes = load_bytes(column + upper, exist);
        used = exist;
    }
    if (is_inside || lower >= 0) {
        bytes |= load_bytes(column + lower - width, exist << width);
        used |= exist << width;
    }
    const vec offsets = blocks->offset - (vec){0};
    const vec scaled = __builtin_convertvector(bytes, vec) * (blocks->scale - (vec){0});
    return scaled + load_lanes((const float *)&offsets, used);
}

// Element [i][j] of a plane of the frame at `at`: 16 channels of a row, or a block.
INLINE vec element(const int taps, const int kind, const footprint *f, tile_source source, size_t at, size_t ahead,
                   unsigned lanes, int is_inside, int i, int j) {
    if (kind == OF_BYTES) return load_block_of_bytes(f, source.blocks, at, lanes, is_inside, i, j);
    if (kind == OF_BLOCKS) return load_block(f, source.first, at, lanes, is_inside, i, j);
    const ptrdiff_t offset = f->offsets[i * (taps + WINOGRAD_OUTPUTS - 1) + j];
    const float *frame = source.first + at;
    if (is_inside) {
        __builtin_prefetch(frame + ahead + offset, 0, 3);
        return load(frame + offset);
    }
    return offset < 0 ? (vec){0} : load_lanes(frame + offset, lanes);
}

// Loads one frame of a tile, 16 channels, and transforms it along height and width. The frame `ahead` floats further is
// prefetched.
INLINE void input_plane(const int taps, const int kind, const footprint *f, tile_source source, size_t at, size_t ahead,
                        unsigned lanes, int is_inside, vec *plane) {
    const int edge = taps + WINOGRAD_OUTPUTS - 1;
    vec columns[MAXIMUM_EDGE][MAXIMUM_EDGE];
#pragma clang loop unroll(full)
    for (int j = 0; j < edge; j++) {
        vec x[MAXIMUM_EDGE], y[MAXIMUM_EDGE];
#pragma clang loop unroll(full)
        for (int i = 0; i < edge; i++) x[i] = element(taps, kind, f, source, at, ahead, lanes, is_inside, i, j);
        transform_input(WINOGRAD_OUTPUTS, taps, x, y);
#pragma clang loop unroll(full)
        for (int i = 0; i < edge; i++) columns[i][j] = y[i];
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < edge; i++) transform_input(WINOGRAD_OUTPUTS, taps, columns[i], plane + i * edge);
}

// Transforms tiles [first, first + count), 16 channels at a time, into `transformed` [products][rows][depth].
INLINE void input_transform(const int taps, const int tile_frames, const int kind, const engine_winograd *w,
                            tile_source source, size_t first, size_t count, size_t rows, size_t depth, size_t product,
                            float *transformed) {
    const size_t edge = (size_t)taps + WINOGRAD_OUTPUTS - 1, span = (size_t)(taps + tile_frames) - 1;
    const size_t along = w->time_count;
    const tiling down = tiling_of(w->height), across = tiling_of(w->width);
    const int of_blocks = kind != OF_ROWS;
    const size_t clip_frames = of_blocks ? source.blocks->frames : w->frames;
    const size_t frame = of_blocks ? source.blocks->height * source.blocks->width * source.blocks->channels
                                   : w->height * w->width * source.stride;
    // With blocks, a group is one of the two frames; with rows, 16 channels.
    const size_t group = of_blocks ? 4 * source.blocks->channels : 16;
    const size_t groups = of_blocks ? 2 : (w->in_channels + 15) / 16;
    for (size_t g = 0; g < groups; g++) {
        const size_t left = of_blocks ? group / 2 : w->in_channels - g * 16;
        const unsigned lanes = left >= 16 ? 0xFFFF : (1u << left) - 1;
        // The last planes of a tile are the first of the next tile in time.
        vec planes[MAXIMUM_EDGE][MAXIMUM_PLANE] __attribute__((aligned(64)));
        footprint f;
        size_t next = 0;
        for (size_t r = 0; r < count; r++) {
            const size_t tile = first + r, t = w->first_time + tile % along;
            // Planes are stored at (frame + before) % span; a clip's first tile begins `before` frames before the clip.
            if (r == 0 || t == w->first_time) {
                const tile_index at = tile_index_at(down, across, tile / along);
                const size_t y = tile_start(down, at.line) - w->before;
                const size_t x = tile_start(across, at.column) - w->before;
                if (of_blocks)
                    blocks_footprint(taps, source.blocks, y, x, &f);
                else
                    rows_footprint(taps, w, y, x, source.stride, &f);
                next = t * (size_t)tile_frames;
            }
            for (; next < t * (size_t)tile_frames + span; next++) {
                vec *plane = planes[next % span];
                const size_t number = of_blocks ? block_start(next - w->before, clip_frames) + g : next - w->before;
                if (number >= clip_frames) {
                    for (size_t p = 0; p < edge * edge; p++) plane[p] = (vec){0};
                    continue;
                }
                const size_t at = number * frame + (of_blocks ? 0 : g * 16);
                const size_t ahead = number + 2 < clip_frames ? 2 * frame : 0;
                if (f.is_inside && (of_blocks || lanes == 0xFFFF))
                    input_plane(taps, kind, &f, source, at, ahead, lanes, 1, plane);
                else
                    input_plane(taps, kind, &f, source, at, ahead, lanes, 0, plane);
            }
            const vec *ring[MAXIMUM_EDGE];
            for (size_t k = 0; k < span; k++) ring[k] = planes[(t * (size_t)tile_frames + k) % span];
            float *to = transformed + r * depth + g * group;
            for (size_t p = 0; p < edge * edge; p++) {
                vec x[MAXIMUM_EDGE], y[MAXIMUM_EDGE];
#pragma clang loop unroll(full)
                for (size_t k = 0; k < span; k++) x[k] = ring[k][p];
                transform_input(tile_frames, taps, x, y);
#pragma clang loop unroll(full)
                for (size_t k = 0; k < span; k++) store(to + (p * span + k) * product, y[k]);
            }
        }
    }
    // The matrix product computes multiples of ROWS rows.
    for (size_t p = 0; p < edge * edge * span && count < rows; p++)
        memset(transformed + p * product + count * depth, 0, (rows - count) * depth * sizeof(float));
}

// Transforms one tile's products of 16 columns back along time and lines; the caller does the last step, along the
// columns, which gives value[time][line][column]. In a cut tile, the products at infinity are uninitialised; they
// affect only outputs that it does not have.
INLINE void output_planes(const int taps, const int tile_frames, const float *from, size_t sum_product,
                          vec half[WINOGRAD_OUTPUTS][WINOGRAD_OUTPUTS][MAXIMUM_EDGE]) {
    const size_t edge = (size_t)taps + WINOGRAD_OUTPUTS - 1, span = (size_t)(taps + tile_frames) - 1;
    for (size_t v = 0; v < edge; v++) {
        vec partial[WINOGRAD_OUTPUTS][MAXIMUM_EDGE];
#pragma clang loop unroll(full)
        for (size_t u = 0; u < edge; u++) {
            vec x[MAXIMUM_EDGE], y[WINOGRAD_OUTPUTS];
#pragma clang loop unroll(full)
            for (size_t k = 0; k < span; k++) x[k] = load(from + ((u * edge + v) * span + k) * sum_product);
            transform_output(tile_frames, taps, x, y);
#pragma clang loop unroll(full)
            for (int k = 0; k < tile_frames; k++) partial[k][u] = y[k];
        }
#pragma clang loop unroll(full)
        for (int k = 0; k < tile_frames; k++) {
            vec y[WINOGRAD_OUTPUTS];
            transform_output(WINOGRAD_OUTPUTS, taps, partial[k], y);
#pragma clang loop unroll(full)
            for (int i = 0; i < WINOGRAD_OUTPUTS; i++) half[k][i][v] = y[i];
        }
    }
}

// The position of a tile's first output, and the number of its outputs along each axis.
typedef struct tile_origin {
    size_t t, y, x;
    size_t frames, lines, columns;
} tile_origin;

INLINE tile_origin tile_origin_of(const engine_winograd *w, size_t tile) {
    const size_t along = w->time_count;
    const tiling down = tiling_of(w->height), across = tiling_of(w->width);
    const tile_index at = tile_index_at(down, across, tile / along);
    tile_origin o = {.t = (w->first_time + tile % along) * w->tile_frames,
                     .y = tile_start(down, at.line),
                     .x = tile_start(across, at.column)};
    o.frames = w->frames - o.t;
    o.lines = tile_outputs(down, at.line, o.y, w->height);
    o.columns = tile_outputs(across, at.column, o.x, w->width);
    return o;
}

// Applies the epilogue to 16 channels of one position, from `n` on; only the `used` lanes exist.
INLINE void apply_epilogue(const engine_epilogue *epilogue, vec value, vec bias, size_t position, size_t n,
                           unsigned used) {
    float *to = epilogue->destination + position * epilogue->stride + n;
    uint8_t *bits = epilogue->masks ? epilogue->masks + position * epilogue->mask_stride + n / 8 : NULL;
    if (epilogue->bias) {
        value = value + bias;
        const unsigned open = positive_lanes(value) & used;
        store_lanes(to, value, open, used);
        const uint16_t word = (uint16_t)open;
        memcpy(bits, &word, 2);
        return;
    }
    if (epilogue->accumulates) value = load_lanes(to, used) + value;
    unsigned open = 0xFFFF;
    if (bits && n < epilogue->mask_channels) {
        const size_t left = epilogue->mask_channels - n;
        const unsigned masked = left >= 16 ? 0xFFFF : (1u << left) - 1;
        uint16_t word;
        memcpy(&word, bits, 2);
        open = word;
        if (epilogue->guided) open &= positive_lanes(value);
        open |= ~masked;
    }
    store_lanes(to, value, open & used, used);
}

// Transforms the products of `width` columns from `n` on back, and applies the epilogue to the tiles' outputs.
INLINE void output_transform(const int taps, const int tile_frames, const engine_winograd *w, const float *sums,
                             size_t sum_product, size_t width, size_t n, size_t first, size_t count,
                             const engine_epilogue *epilogue) {
    for (size_t r = 0; r < count; r++) {
        const tile_origin at = tile_origin_of(w, first + r);
        for (size_t c = 0; c < width && n + c < w->out_channels; c += 16) {
            const size_t left = w->out_channels - n - c;
            const unsigned used = left >= 16 ? 0xFFFF : (1u << left) - 1;
            const vec bias = epilogue->bias ? load_lanes(epilogue->bias + n + c, used) : (vec){0};
            vec half[WINOGRAD_OUTPUTS][WINOGRAD_OUTPUTS][MAXIMUM_EDGE];
            output_planes(taps, tile_frames, sums + r * width + c, sum_product, half);
            for (size_t k = 0; k < (size_t)tile_frames && k < at.frames; k++) {
                for (size_t i = 0; i < WINOGRAD_OUTPUTS && i < at.lines; i++) {
                    vec y[WINOGRAD_OUTPUTS];
                    transform_output(WINOGRAD_OUTPUTS, taps, half[k][i], y);
                    const size_t position = ((at.t + k) * w->height + at.y + i) * w->width + at.x;
#pragma clang loop unroll(full)
                    for (size_t j = 0; j < WINOGRAD_OUTPUTS; j++)
                        if (j < at.columns) apply_epilogue(epilogue, y[j], bias, position + j, n + c, used);
                }
            }
        }
    }
}

// Multiplies the transformed tiles by every panel of filters, and computes their outputs.
INLINE void multiply_tiles(const int taps, const int tile_frames, const engine_winograd *w, size_t k,
                           const float *transformed, size_t depth, size_t product, const float *filters, float *sums,
                           size_t first, size_t count, const engine_epilogue *epilogue) {
    const size_t edge = (size_t)taps + WINOGRAD_OUTPUTS - 1, span = (size_t)(taps + tile_frames) - 1;
    range needs[4];
    tiles_in_need(w, first, count, needs);
    for (size_t n = 0; n < w->out_channels;) {
        // With an odd number of cache lines between products, they do not compete for the same cache sets.
        const size_t width = winograd_panel(w->out_channels, n), sum_product = WINOGRAD_ROWS * width + 16;
        products_of_panel(edge, span, needs, k, transformed, depth, product, filters, width, sums, sum_product);
        output_transform(taps, tile_frames, w, sums, sum_product, width, n, first, count, epilogue);
        filters += edge * edge * span * k * width;
        n += width;
    }
}

#endif
