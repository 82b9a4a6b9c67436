// Kernels of the network. Activations are dense [frames, height, width, channels] float32, channels innermost; a "row"
// is the channels of one position. Strides count elements: floats, or bytes for masks and pool indices.
#ifndef SALIENCYD_KERNELS_ENGINE_H
#define SALIENCYD_KERNELS_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "kernels_isa.h"

// The bytes in a row of a ReLU's mask: one bit per activation, bit c % 8 of byte c / 8 of its row. Rows are padded to
// whole 16-bit words, so that every variant may write a word at a time.
static inline size_t engine_mask_stride(size_t channels) { return (channels + 15) / 16 * 2; }

// Winograd convolution with stride 1 by tiles of 4x4x4 outputs, or of 2x4x4 if the filters are to need less memory.
// With 3x3x3 filters a tile takes 6x6x6 = 216 or 4x6x6 = 144 products for each pair of channels, where a direct
// convolution takes 64 * 27 = 1728 or 864 (Lavin and Gray, arXiv 1509.09308). Tiles are numbered with time innermost,
// (tile of the frame) * time_count + time - first_time: over the whole length, or a range of it.
typedef struct engine_winograd {
    size_t frames, height, width;  // of the input and of the output
    size_t in_channels, out_channels;
    size_t before;                  // padding before the first element, along each axis
    size_t tile_frames;             // frames of a tile's outputs: 4 or, with 3x3x3 filters, 2
    size_t first_time, time_count;  // the tiles along time that are numbered
} engine_winograd;

// The stem's input, a clip [frames, height, width, channels], channels <= 3, as blocks of 2x2x2 elements. Over blocks
// the 7x7x7 filters with stride 2 are 4x4x4 filters with stride 1; a tile takes 7x7x7 = 343 products. There are as many
// blocks as outputs; if a size is odd, the first block begins one element before the clip, because of SAME padding.
typedef struct engine_blocks {
    size_t frames, height, width, channels;
    // The clip as bytes, or NULL: a byte x enters as x * scale + offset, rounded after the product and after the sum.
    const uint8_t *bytes;
    float scale, offset;
} engine_blocks;

enum {
    WINOGRAD_OUTPUTS = 4,
    STEM_PRODUCTS = 343,
    WINOGRAD_ROWS = 16,  // maximum tiles per call: their transformed input stays in the second-level cache
    WINOGRAD_WIDEST_PANEL = 48,
};

static inline size_t winograd_tiles(size_t size) { return (size + WINOGRAD_OUTPUTS - 1) / WINOGRAD_OUTPUTS; }

// The number of products of a 3x3x3 unit's tile with `tile_frames` output frames.
static inline size_t winograd_products(size_t tile_frames) { return 6 * 6 * (tile_frames + 2); }

// The number of columns of the panel of filters that starts at output channel `first`: as many as fit well into
// registers, with channels padded to 16.
static inline size_t winograd_panel(size_t out_channels, size_t first) {
    const size_t all = (out_channels + 15) / 16, left = all - first / 16;
    const size_t widest = all % 3 != 0 && all % 2 == 0 ? 2 : 3;
    return 16 * (left < widest ? left : widest);
}

// What a convolution does to its outputs when their sums are complete.
typedef struct engine_epilogue {
    float *destination;  // of position 0
    size_t stride;
    const float *bias;  // forward: it is added, the ReLU applied, and `masks` written; backward: NULL
    int accumulates;    // backward: whether to add to the destination
    uint8_t *masks;     // backward: applied to the first `mask_channels` channels, unless NULL
    size_t mask_stride, mask_channels;
    int guided;
} engine_epilogue;

// Computes tiles [first, first + count), count <= WINOGRAD_ROWS. source: position 0, rows `stride` floats apart.
// filters: from engine_winograd_filters, aligned to a cache line. scratch: engine_winograd_scratch_floats.
typedef void (*engine_winograd_kernel)(const engine_winograd *shape, const float *source, size_t stride,
                                       const float *filters, size_t first, size_t count, float *scratch,
                                       const engine_epilogue *epilogue);

size_t engine_winograd_tiles(const engine_winograd *shape);
size_t engine_winograd_scratch_floats(const engine_winograd *shape);
size_t engine_winograd_filter_floats(size_t in_channels, size_t out_channels, size_t tile_frames);

// Transforms filters [3][3][3][in][out] in double precision into one sequential stream, [panel][product][in][panel's
// columns]. `transposed`: the filters of the gradient, from filters [3][3][3][out][in] with rotated taps.
void engine_winograd_filters(size_t in_channels, size_t out_channels, size_t tile_frames, const float *filters,
                             int transposed, float *transformed);

// The stem: `shape` counts blocks; in_channels are the channels that the kernel reads, out_channels those that it
// writes. The padding before the first block is 1 in the forward pass, 2 in the backward pass.
typedef void (*engine_stem_kernel)(const engine_winograd *shape, const engine_blocks *blocks, const float *clip,
                                   const float *filters, size_t first, size_t count, float *scratch,
                                   const engine_epilogue *epilogue);
// Overwrites the clip's gradient in every block of the tiles.
typedef void (*engine_stem_gradient_kernel)(const engine_winograd *shape, const engine_blocks *blocks,
                                            const float *source, size_t stride, const float *filters, size_t first,
                                            size_t count, float *scratch, float *clip);

size_t engine_stem_scratch_floats(size_t channels, size_t out_channels);
size_t engine_stem_filter_floats(size_t channels, size_t out_channels, int transposed);

// As engine_winograd_filters, from filters [7][7][7][channels][out_channels]. The gradient's filters are one panel of
// 32 columns.
void engine_stem_filters(size_t channels, size_t out_channels, const float *filters, int transposed,
                         float *transformed);

// Rows of channels, `stride` floats apart.
typedef struct engine_rows {
    const float *first;
    size_t stride, depth;
} engine_rows;

// Multiplies the sources' rows, side by side, by filters [sum of depths][columns] from engine_pack_filters, and applies
// the epilogue to positions 0..<rows. Each sum runs over the sources and their channels in order.
typedef void (*engine_product_kernel)(size_t rows, const engine_rows *sources, size_t count, const float *filters,
                                      size_t columns, const engine_epilogue *epilogue);

size_t engine_packed_floats(size_t depth, size_t columns);
// Packs the matrix whose element (k, n) is filters[k * stride + n * column_stride] into one sequential stream,
// [panel][depth][panel's columns], zero beyond the last column.
void engine_pack_filters(size_t depth, size_t columns, const float *filters, size_t stride, size_t column_stride,
                         float *packed);

// The inner loops that depend on the instruction set. All variants give the same bits: products and sums are contracted
// only where all variants do so, and sums run in the order that the scalar variant defines.
typedef struct engine_kernels {
    const char *name;

    // destination = max(source + bias, 0) and mask = source + bias > 0, for `rows` rows. NaN gives 0 and a clear mask
    // bit.
    void (*bias_relu)(size_t rows, size_t channels, const float *source, size_t source_stride, const float *bias,
                      float *destination, size_t destination_stride, uint8_t *masks, size_t mask_stride);

    // gradient = 0 where the mask bit is 0 and, if `guided`, where the gradient is not > 0 (arXiv 1412.6806).
    void (*apply_masks)(size_t rows, size_t channels, float *gradient, size_t stride, const uint8_t *masks,
                        size_t mask_stride, int guided);

    // The maximum over `count` >= 1 rows, and the code of the first row that has it.
    void (*maximum)(size_t count, size_t channels, const float *const *rows, const uint8_t *codes, float *destination,
                    uint8_t *indices);

    // destination (+)= the sum of gradients[j] where indices[j] == codes[j], in the order of j.
    void (*sum_of_winners)(size_t count, size_t channels, const float *const *gradients, const uint8_t *const *indices,
                           const uint8_t *codes, float *destination, int accumulate);

    // destination += source.
    void (*add)(size_t count, const float *source, float *destination);

    // destination = source * scale + offset, rounded after the product and after the sum.
    void (*scale_bytes)(size_t count, const uint8_t *source, float scale, float offset, float *destination);

    // Multiply-adds of these two are rounded once, in every variant.
    engine_winograd_kernel winograd;
    engine_product_kernel product;
    // Does multiply-adds only, `rounds` times as many as the registers hold, on values[0...2]; returns the number of
    // multiplications and additions.
    size_t (*peak)(size_t rounds, float *values);
    engine_stem_kernel stem;
    engine_stem_gradient_kernel stem_gradient;
} engine_kernels;

// The variants of an instruction set, or NULL if it is not available.
const engine_kernels *engine_kernels_for(saliency_isa isa);

// A window that slides over [frames, height, width, channels].
typedef struct engine_window {
    size_t frames, height, width, channels;             // of the input
    size_t out_frames, out_height, out_width;           // number of positions
    size_t kernel_frames, kernel_height, kernel_width;  // size of the window
    size_t stride_frames, stride_height, stride_width;
    size_t before_frames, before_height, before_width;  // padding before the first element
} engine_window;

// Copies the patches at positions [first_row, first_row + rows) of the window to rows of a matrix: columns are the
// window's lines (kt, kh) of [first_line, first_line + lines), each kernel_width * channels long; zero outside.
void engine_gather_patches(const engine_window *window, const float *source, size_t first_row, size_t rows,
                           size_t first_line, size_t lines, float *patches);

// The transpose within one frame: adds patches [lines * out_width][kernel_height * kernel_width * channels] of the
// window's positions on lines [first, first + lines) to the frame [height, width, channels] from which they were
// copied.
void engine_scatter_patches(const engine_kernels *kernels, const engine_window *window, const float *patches,
                            size_t first, size_t lines, float *frame);

// The input of a window: floats or, unless `bytes` is NULL, bytes x that stand for x * scale + offset, rounded after
// the product and after the sum.
typedef struct engine_samples {
    const float *values;
    const uint8_t *bytes;
    float scale, offset;
} engine_samples;

// The axes along which an element equals the one a stride before it, or a field repeats.
enum { ENGINE_ALONG_TIME = 1, ENGINE_ALONG_HEIGHT = 2, ENGINE_ALONG_WIDTH = 4 };

// Marks the elements of one line that have the same values as the element one stride before, by axis; outside, all
// values are 0. repeats: [frames + stride][height + stride][width + stride], of which `frame` and `line` select one
// line. Returns whether any element inside has a mark.
int engine_mark_repeats(const engine_window *window, const engine_samples *samples, size_t frame, size_t line,
                        uint8_t *repeats);

// Marks the positions of one line whose field repeats along an axis with the period of the stride (with stride 1: does
// not change). If two neighbours along an axis are both marked for it, their fields are the same. The kernel must be at
// least twice the stride. line: width + stride bytes of scratch. flat: [out_frames][out_height][out_width]. Returns
// whether any position has a mark.
int engine_mark_flat(const engine_window *window, const uint8_t *repeats, size_t out_frame, size_t out_line,
                     uint8_t *line, uint8_t *flat);

// Computes the marked positions of frames [first_frame, +frames) and lines [first_line, +lines) as plain sums of
// products, in an order that depends only on the field, and applies the epilogue of a forward convolution. filters:
// [field][columns], packed by engine_pack_filters. scratch: engine_flat_scratch_floats.
void engine_flat_outputs(const engine_kernels *kernels, const engine_window *window, const engine_samples *samples,
                         const uint8_t *flat, size_t first_frame, size_t frames, size_t first_line, size_t lines,
                         const float *filters, size_t columns, const engine_epilogue *epilogue, float *scratch);

size_t engine_field_floats(const engine_window *window);
size_t engine_flat_scratch_floats(const engine_window *window, size_t columns);

// The maximum number of elements in a pool's window, 3 x 3 x 3, for the two functions below. The caller checks it.
enum { ENGINE_POOL_MAXIMUM_TAPS = 27 };

// Max-pool of one line of the output; padding never wins. indices: position in the window, (kt * KH + kh) * KW + kw.
void engine_max_pool_line(const engine_kernels *kernels, const engine_window *window, const float *source,
                          size_t out_frame, size_t out_line, float *destination, uint8_t *indices);

// The gradient of the pool for one line [width, channels] of its input: gathers from the windows that cover it.
void engine_max_pool_gradient_line(const engine_kernels *kernels, const engine_window *window, const float *gradient,
                                   const uint8_t *indices, size_t frame, size_t line, float *destination,
                                   int accumulate);

// sums[c] += weights[r] * source[r][c] in double, rows in order.
void engine_weighted_sum(size_t rows, size_t channels, const float *source, const double *weights, double *sums);

// rows[r][c] = weights[r] * vector[c].
void engine_outer_product(size_t rows, size_t channels, const double *weights, const double *vector,
                          float *destination);

// Whether every value is a finite number.
int engine_all_finite(size_t count, const float *values);

// sums[i] = sum over c of |source[i][c]|.
void engine_absolute_sum(size_t count, size_t channels, const float *source, float *sums);

// Cores in this process's affinity mask, at least 1.
int engine_usable_cores(void);

// Returns freed memory to the system.
void engine_trim_memory(void);

// Limits the number of malloc's arenas; threads share them. Call it before more than 8 threads have run.
void engine_limit_arenas(int count);

#endif
