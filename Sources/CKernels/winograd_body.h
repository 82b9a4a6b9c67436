// Nested Winograd convolution F(4, 3)^3, written once in vectors of 16 floats; each form includes it with its own
// instruction set. A form defines, before it includes this file:
//
//   INLINE, KERNEL     attributes of helpers and of the kernel
//   strip, STRIP       the vector of the matrix product and its length in floats
//   STRIPS, ROWS       most strips, and the rows, that the matrix product holds in registers
//   LINES              cache lines of filters that each step of the matrix product fetches ahead
//   WINOGRAD           the kernel's name
//   load_lanes, store_lanes, positive_lanes   masked access and comparison of 16 floats
//
// Every form adds in the same order and rounds at the same places, so all give the same bits.
#include "engine_forms.h"

#include <string.h>

// Vectors are only passed between functions that are inlined, so how a call would pass them does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float vec __attribute__((vector_size(64), aligned(4), may_alias));
typedef strip loose_strip __attribute__((aligned(4), may_alias));

INLINE vec fma_vec(vec a, float b, vec c) { return __builtin_elementwise_fma(a, b - (vec){0}, c); }
INLINE vec load(const float *p) { return *(const vec *)p; }
INLINE void store(float *p, vec v) { *(vec *)p = v; }

#include "winograd_transforms.h"

enum { EDGE = WINOGRAD_OUTPUTS + 2, PLANE = EDGE * EDGE, PRODUCTS = WINOGRAD_PRODUCTS };

// Where a tile reads: element [i][j] of its first plane, as an offset in floats from its frame, or -1 outside.
typedef struct footprint {
    ptrdiff_t offsets[PLANE];
    int is_inside;
} footprint;

static footprint footprint_of(const engine_winograd *w, size_t y, size_t x, size_t stride) {
    footprint f = {.is_inside = 1};
    for (size_t i = 0; i < EDGE; i++) {
        for (size_t j = 0; j < EDGE; j++) {
            // One less than the position is where the padding starts.
            const size_t line = y * WINOGRAD_OUTPUTS + i - 1, column = x * WINOGRAD_OUTPUTS + j - 1;
            const int inside = line < w->height && column < w->width;
            f.offsets[i * EDGE + j] = inside ? (ptrdiff_t)((line * w->width + column) * stride) : -1;
            f.is_inside &= inside;
        }
    }
    return f;
}

// One frame of a tile, 16 channels: loaded and transformed along height and width.
INLINE void input_plane(const footprint *f, const float *frame, const float *ahead, unsigned lanes, int is_inside,
                        vec plane[PLANE]) {
    vec columns[EDGE][EDGE];
#pragma clang loop unroll(full)
    for (int j = 0; j < EDGE; j++) {
        vec x[EDGE], y[EDGE];
#pragma clang loop unroll(full)
        for (int i = 0; i < EDGE; i++) {
            const ptrdiff_t offset = f->offsets[i * EDGE + j];
            if (is_inside) {
                x[i] = load(frame + offset);
                __builtin_prefetch(ahead + offset, 0, 3);
            } else {
                x[i] = offset < 0 ? (vec){0} : load_lanes(frame + offset, lanes);
            }
        }
        winograd_input(x, y);
#pragma clang loop unroll(full)
        for (int i = 0; i < EDGE; i++) columns[i][j] = y[i];
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < EDGE; i++) winograd_input(columns[i], plane + i * EDGE);
}

// Transforms tiles [first, first + count), 16 channels at a time, into `transformed` [PRODUCTS][rows][depth].
KERNEL static void input_transform(const engine_winograd *w, const float *source, size_t stride, size_t first,
                                   size_t count, size_t rows, size_t depth, size_t product, float *transformed) {
    const size_t along = winograd_tiles(w->frames), across = winograd_tiles(w->width);
    const size_t frame = w->height * w->width * stride;
    for (size_t c = 0; c < w->in_channels; c += 16) {
        const size_t left = w->in_channels - c;
        const unsigned lanes = left >= 16 ? 0xFFFF : (1u << left) - 1;
        // The last planes of a tile are the first of the next in time.
        vec planes[EDGE][PLANE] __attribute__((aligned(64)));
        footprint f;
        size_t next = 0;
        for (size_t r = 0; r < count; r++) {
            const size_t tile = first + r, t = tile % along, spot = tile / along;
            // Planes are kept by (frame + 1) % EDGE; a spot's first tile begins one frame before the clip.
            if (r == 0 || t == 0) {
                f = footprint_of(w, spot / across, spot % across, stride);
                next = t * WINOGRAD_OUTPUTS;
            }
            for (; next < t * WINOGRAD_OUTPUTS + EDGE; next++) {
                vec *plane = planes[next % EDGE];
                // `next` is the frame's number plus 1.
                if (next == 0 || next > w->frames) {
                    for (int p = 0; p < PLANE; p++) plane[p] = (vec){0};
                    continue;
                }
                const float *from = source + (next - 1) * frame + c;
                const float *ahead = next + 2 <= w->frames ? from + 2 * frame : from;
                if (f.is_inside && lanes == 0xFFFF)
                    input_plane(&f, from, ahead, lanes, 1, plane);
                else
                    input_plane(&f, from, ahead, lanes, 0, plane);
            }
            const vec *ring[EDGE];
            for (size_t k = 0; k < EDGE; k++) ring[k] = planes[(t * WINOGRAD_OUTPUTS + k) % EDGE];
            float *to = transformed + r * depth + c;
            for (size_t p = 0; p < PLANE; p++) {
                vec x[EDGE], y[EDGE];
#pragma clang loop unroll(full)
                for (int k = 0; k < EDGE; k++) x[k] = ring[k][p];
                winograd_input(x, y);
#pragma clang loop unroll(full)
                for (int k = 0; k < EDGE; k++) store(to + (p * EDGE + (size_t)k) * product, y[k]);
            }
        }
    }
    // The matrix product works on whole groups of rows.
    for (size_t p = 0; p < PRODUCTS && count < rows; p++)
        memset(transformed + p * product + count * depth, 0, (rows - count) * depth * sizeof(float));
}

// c[ROWS][strips * STRIP] = a[ROWS][k] b[k][width], and prefetches `lines` cache lines of `ahead` for each k.
INLINE void multiply(size_t k, const float *a, size_t a_stride, const float *b, size_t width, float *c, size_t c_stride,
                     const float *ahead, const int lines, const int strips) {
    strip sums[ROWS][STRIPS];
#pragma clang loop unroll(full)
    for (int i = 0; i < ROWS; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < strips; j++) sums[i][j] = (strip){0};
#pragma clang loop unroll_count(4)
    for (size_t n = 0; n < k; n++) {
        strip right[STRIPS];
#pragma clang loop unroll(full)
        for (int j = 0; j < strips; j++) right[j] = *(const loose_strip *)(b + n * width + (size_t)j * STRIP);
#pragma clang loop unroll(full)
        for (int j = 0; j < lines; j++) __builtin_prefetch(ahead + (n * (size_t)lines + (size_t)j) * 16, 0, 2);
#pragma clang loop unroll(full)
        for (int i = 0; i < ROWS; i++) {
            const strip left = a[(size_t)i * a_stride + n] - (strip){0};
#pragma clang loop unroll(full)
            for (int j = 0; j < strips; j++) sums[i][j] = __builtin_elementwise_fma(left, right[j], sums[i][j]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < ROWS; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < strips; j++)
            *(loose_strip *)(c + (size_t)i * c_stride + (size_t)j * STRIP) = sums[i][j];
}

// The products of one panel of filters, [PRODUCTS][depth][width], into `sums` [PRODUCTS][rows][width].
INLINE void panel_products(const engine_winograd *w, const float *transformed, size_t rows, size_t depth,
                           size_t product, const float *filters, const size_t width, float *sums, size_t sum_product) {
    enum { ONE = 1 };
    const size_t strips = width / STRIP, at_once = strips % 3 == 0 && STRIPS >= 3 ? 3 : strips % 2 == 0 ? 2 : ONE;
    const size_t k = w->in_channels;
    for (size_t p = 0; p < PRODUCTS; p++) {
        // The next panel comes in while this one is at work; behind the last there is nothing to fetch.
        const float *b = filters + p * k * width, *next = p + 1 < PRODUCTS ? b + k * width : b;
        for (size_t r = 0; r < rows; r += ROWS) {
            const float *a = transformed + p * product + r * depth;
            float *c = sums + p * sum_product + r * width;
            for (size_t s = 0; s < strips; s += at_once) {
                // Each of the calls fetches its share, a line for each k.
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

// Ends one position's 16 channels from `n` on; `used` of them exist.
INLINE void finish(const engine_winograd_end *end, vec value, vec bias, size_t position, size_t n, unsigned used) {
    float *to = end->destination + position * end->stride + n;
    uint8_t *bits = end->gates ? end->gates + position * end->gate_stride + n / 8 : NULL;
    if (end->bias) {
        value = value + bias;
        const unsigned open = positive_lanes(value) & used;
        store_lanes(to, value, open, used);
        const uint16_t word = (uint16_t)open;
        memcpy(bits, &word, 2);
        return;
    }
    if (end->accumulates) value = load_lanes(to, used) + value;
    unsigned open = 0xFFFF;
    if (bits && n < end->gate_channels) {
        const size_t left = end->gate_channels - n;
        const unsigned gated = left >= 16 ? 0xFFFF : (1u << left) - 1;
        uint16_t word;
        memcpy(&word, bits, 2);
        open = word;
        if (end->guided) open &= positive_lanes(value);
        open |= ~gated;
    }
    store_lanes(to, value, open & used, used);
}

// Transforms the products of `width` columns from `n` on back and ends the tiles' positions.
KERNEL static void output_transform(const engine_winograd *w, const float *sums, size_t sum_product, size_t width,
                                    size_t n, size_t first, size_t count, const engine_winograd_end *end) {
    const size_t along = winograd_tiles(w->frames), across = winograd_tiles(w->width);
    for (size_t r = 0; r < count; r++) {
        const size_t tile = first + r, spot = tile / along;
        const size_t t0 = tile % along * WINOGRAD_OUTPUTS;
        const size_t y0 = spot / across * WINOGRAD_OUTPUTS, x0 = spot % across * WINOGRAD_OUTPUTS;
        const size_t frames = w->frames - t0, lines = w->height - y0, columns = w->width - x0;
        for (size_t c = 0; c < width && n + c < w->out_channels; c += 16) {
            const size_t left = w->out_channels - n - c;
            const unsigned used = left >= 16 ? 0xFFFF : (1u << left) - 1;
            const vec bias = end->bias ? load_lanes(end->bias + n + c, used) : (vec){0};
            const float *from = sums + r * width + c;
            vec half[WINOGRAD_OUTPUTS][WINOGRAD_OUTPUTS][EDGE];
            for (size_t v = 0; v < EDGE; v++) {
                vec still[WINOGRAD_OUTPUTS][EDGE];
#pragma clang loop unroll(full)
                for (size_t u = 0; u < EDGE; u++) {
                    vec x[EDGE], y[WINOGRAD_OUTPUTS];
#pragma clang loop unroll(full)
                    for (size_t k = 0; k < EDGE; k++) x[k] = load(from + ((u * EDGE + v) * EDGE + k) * sum_product);
                    winograd_output(x, y);
#pragma clang loop unroll(full)
                    for (int k = 0; k < WINOGRAD_OUTPUTS; k++) still[k][u] = y[k];
                }
#pragma clang loop unroll(full)
                for (int k = 0; k < WINOGRAD_OUTPUTS; k++) {
                    vec y[WINOGRAD_OUTPUTS];
                    winograd_output(still[k], y);
#pragma clang loop unroll(full)
                    for (int i = 0; i < WINOGRAD_OUTPUTS; i++) half[k][i][v] = y[i];
                }
            }
            for (size_t k = 0; k < WINOGRAD_OUTPUTS && k < frames; k++) {
                for (size_t i = 0; i < WINOGRAD_OUTPUTS && i < lines; i++) {
                    vec y[WINOGRAD_OUTPUTS];
                    winograd_output(half[k][i], y);
                    const size_t position = ((t0 + k) * w->height + y0 + i) * w->width + x0;
#pragma clang loop unroll(full)
                    for (size_t j = 0; j < WINOGRAD_OUTPUTS; j++)
                        if (j < columns) finish(end, y[j], bias, position + j, n + c, used);
                }
            }
        }
    }
}

KERNEL void WINOGRAD(const engine_winograd *w, const float *source, size_t stride, const float *filters, size_t first,
                     size_t count, float *scratch, const engine_winograd_end *end) {
    const size_t depth = (w->in_channels + 15) / 16 * 16;
    const size_t rows = (count + ROWS - 1) / ROWS * ROWS;
    // An odd number of cache lines between products keeps them out of each other's sets.
    const size_t product = WINOGRAD_ROWS * depth + 16;
    float *transformed = scratch, *sums = scratch + PRODUCTS * product;
    input_transform(w, source, stride, first, count, rows, depth, product, transformed);
    for (size_t n = 0; n < w->out_channels;) {
        const size_t width = winograd_panel(w->out_channels, n), sum_product = WINOGRAD_ROWS * width + 16;
        if (width == 48)
            panel_products(w, transformed, rows, depth, product, filters, 48, sums, sum_product);
        else if (width == 32)
            panel_products(w, transformed, rows, depth, product, filters, 32, sums, sum_product);
        else
            panel_products(w, transformed, rows, depth, product, filters, 16, sums, sum_product);
        output_transform(w, sums, sum_product, width, n, first, count, end);
        filters += PRODUCTS * w->in_channels * width;
        n += width;
    }
}
