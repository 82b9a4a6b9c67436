// Filters of Winograd convolution, transformed once.
#include "CKernels.h"

// The same element of 16 filters, in double and in single precision.
typedef double wide __attribute__((vector_size(128)));
typedef float narrow __attribute__((vector_size(64), aligned(4), may_alias));
#define WINOGRAD_WIDE wide
#include "winograd_transforms.h"

size_t engine_winograd_filter_floats(size_t in_channels, size_t out_channels, size_t tile_frames) {
    return winograd_products(tile_frames) * in_channels * ((out_channels + 15) / 16 * 16);
}

static inline __attribute__((always_inline)) void transform_filter(int outputs, int taps, const wide *g, wide *u) {
    if (taps == 4)
        winograd44_filter(g, u);
    else if (outputs == 4)
        winograd43_filter(g, u);
    else
        winograd23_filter(g, u);
}

// Transforms 16 filters, [taps]^3 -> [edge][edge][span] (time becomes innermost, in the order of the products);
// consecutive products are `stride` floats apart.
static inline __attribute__((always_inline)) void transform(int taps, int tile_frames, const wide *filters,
                                                            size_t stride, float *products) {
    const int edge = taps + WINOGRAD_OUTPUTS - 1, span = taps + tile_frames - 1;
    wide time[7][4][4], lines[7][7][4];
    for (int i = 0; i < taps; i++) {
        for (int j = 0; j < taps; j++) {
            wide g[4], u[7];
            for (int k = 0; k < taps; k++) g[k] = filters[(k * taps + i) * taps + j];
            transform_filter(tile_frames, taps, g, u);
            for (int k = 0; k < span; k++) time[k][i][j] = u[k];
        }
    }
    for (int k = 0; k < span; k++) {
        for (int j = 0; j < taps; j++) {
            wide g[4], u[7];
            for (int i = 0; i < taps; i++) g[i] = time[k][i][j];
            transform_filter(WINOGRAD_OUTPUTS, taps, g, u);
            for (int i = 0; i < edge; i++) lines[k][i][j] = u[i];
        }
        for (int i = 0; i < edge; i++) {
            wide u[7];
            transform_filter(WINOGRAD_OUTPUTS, taps, lines[k][i], u);
            for (int j = 0; j < edge; j++)
                *(narrow *)(products + (size_t)((i * edge + j) * span + k) * stride) =
                    __builtin_convertvector(u[j], narrow);
        }
    }
}

void engine_winograd_filters(size_t in_channels, size_t out_channels, size_t tile_frames, const float *filters,
                             int transposed, float *transformed) {
    for (size_t first = 0; first < out_channels;) {
        const size_t width = winograd_panel(out_channels, first);
        for (size_t c = 0; c < in_channels; c++) {
            for (size_t column = 0; column < width; column += 16) {
                wide taps[27] = {0};
                for (size_t tap = 0; tap < 27; tap++) {
                    for (size_t lane = 0; lane < 16 && first + column + lane < out_channels; lane++) {
                        const size_t n = first + column + lane;
                        const float value = transposed ? filters[((26 - tap) * out_channels + n) * in_channels + c]
                                                       : filters[(tap * in_channels + c) * out_channels + n];
                        taps[tap][lane] = (double)value;
                    }
                }
                if (tile_frames == 4)
                    transform(3, 4, taps, in_channels * width, transformed + c * width + column);
                else
                    transform(3, 2, taps, in_channels * width, transformed + c * width + column);
            }
        }
        transformed += winograd_products(tile_frames) * in_channels * width;
        first += width;
    }
}

// The filter value at tap `tap` [4][4][4] for a channel [frame][line][column][channel] of a block, from filters
// [7][7][7][channels][out]; the eighth tap of each axis is zero.
static double stem_tap(size_t channels, size_t out_channels, const float *filters, size_t tap, size_t channel,
                       size_t n) {
    const size_t part = channel / channels;
    const size_t t = 2 * (tap / 16) + part / 4, y = 2 * (tap / 4 % 4) + part / 2 % 2, x = 2 * (tap % 4) + part % 2;
    if (t == 7 || y == 7 || x == 7) return 0;
    return (double)filters[(((t * 7 + y) * 7 + x) * channels + channel % channels) * out_channels + n];
}

size_t engine_stem_filter_floats(size_t channels, size_t out_channels, int transposed) {
    return STEM_PRODUCTS * (transposed ? out_channels * 32 : 8 * channels * ((out_channels + 15) / 16 * 16));
}

static void stem_filters(size_t channels, size_t out_channels, const float *filters, float *transformed) {
    for (size_t first = 0; first < out_channels;) {
        const size_t width = winograd_panel(out_channels, first), depth = 8 * channels;
        for (size_t c = 0; c < depth; c++) {
            for (size_t column = 0; column < width; column += 16) {
                wide taps[64] = {0};
                for (size_t tap = 0; tap < 64; tap++)
                    for (size_t lane = 0; lane < 16 && first + column + lane < out_channels; lane++)
                        taps[tap][lane] = stem_tap(channels, out_channels, filters, tap, c, first + column + lane);
                transform(4, 4, taps, depth * width, transformed + c * width + column);
            }
        }
        transformed += STEM_PRODUCTS * depth * width;
        first += width;
    }
}

// The filters are one panel of 32 columns: 16 for each of a block's two frames.
static void stem_gradient_filters(size_t channels, size_t out_channels, const float *filters, float *transformed) {
    for (size_t n = 0; n < out_channels; n++) {
        for (size_t frame = 0; frame < 2; frame++) {
            wide taps[64] = {0};
            for (size_t tap = 0; tap < 64; tap++)
                for (size_t lane = 0; lane < 4 * channels; lane++)
                    taps[tap][lane] =
                        stem_tap(channels, out_channels, filters, 63 - tap, frame * 4 * channels + lane, n);
            transform(4, 4, taps, out_channels * 32, transformed + n * 32 + frame * 16);
        }
    }
}

void engine_stem_filters(size_t channels, size_t out_channels, const float *filters, int transposed,
                         float *transformed) {
    if (transposed)
        stem_gradient_filters(channels, out_channels, filters, transformed);
    else
        stem_filters(channels, out_channels, filters, transformed);
}

size_t engine_winograd_tiles(const engine_winograd *w) {
    return w->time_count * winograd_tiles(w->height) * winograd_tiles(w->width);
}

size_t engine_winograd_scratch_floats(const engine_winograd *w) {
    const size_t depth = (w->in_channels + 15) / 16 * 16;
    return winograd_products(w->tile_frames) * (WINOGRAD_ROWS * (depth + WINOGRAD_WIDEST_PANEL) + 2 * 16);
}

size_t engine_stem_scratch_floats(size_t channels, size_t out_channels) {
    // The length of a row in the kernels: the clip's blocks with room for a vector's spare lanes, or the gradient's
    // channels.
    const size_t forward = 4 * channels + 16, backward = (out_channels + 15) / 16 * 16;
    const size_t depth = forward > backward ? forward : backward;
    return STEM_PRODUCTS * (WINOGRAD_ROWS * (depth + WINOGRAD_WIDEST_PANEL) + 2 * 16);
}
