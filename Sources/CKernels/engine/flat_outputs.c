// Flat outputs are outputs whose field (the elements that the window covers) repeats along an axis, so that a neighbour
// along that axis may have exactly the same field. Winograd transforms round equal fields differently, depending on
// their place in a tile. These outputs are therefore recomputed as plain sums, whose rounding depends only on the
// field, so that exact ties stay exact.
#include "CKernels.h"

#include <string.h>

// Fields per matrix product: enough to be worth a pass over the filters.
enum { FLAT_BATCH = 32 };

enum { AXES = ENGINE_ALONG_TIME | ENGINE_ALONG_HEIGHT | ENGINE_ALONG_WIDTH };

static inline float value_at(const engine_samples *s, ptrdiff_t i) {
    if (!s->bytes) return s->values[i];
    const float scaled = (float)s->bytes[i] * s->scale;
    return scaled + s->offset;
}

// Whether the elements whose first channels are at `a` and `b` have the same bits; a negative index is outside, where
// all values are 0.
static inline int is_same(const engine_samples *s, size_t channels, ptrdiff_t a, ptrdiff_t b) {
    if (a < 0) return b < 0 || is_same(s, channels, b, a);
    if (b < 0) {
        for (size_t c = 0; c < channels; c++)
            if (value_at(s, a + (ptrdiff_t)c) != 0) return 0;
        return 1;
    }
    if (s->bytes) return memcmp(s->bytes + a, s->bytes + b, channels) == 0;
    // Most rows differ in their first channels.
    if (channels >= 4 && memcmp(s->values + a, s->values + b, 4 * sizeof(float)) != 0) return 0;
    return memcmp(s->values + a, s->values + b, channels * sizeof(float)) == 0;
}

// Inputs with few channels: the samples of a line are compared one by one, then the channels of an element are
// combined. PIECE is the number of elements that are compared at once.
enum { MAXIMUM_FEW_CHANNELS = 3, PIECE = 256 };

static inline __attribute__((always_inline)) void few_channels(const size_t channels, size_t count, const uint8_t *m,
                                                               uint8_t *marks) {
    for (size_t x = 0; x < count; x++) {
        uint8_t all = m[x * channels];
        for (size_t c = 1; c < channels; c++) all &= m[x * channels + c];
        marks[x] = all;
    }
}

// Marks elements [first, end) of a line, for which the elements one stride before exist along all axes: `time`,
// `height` and `width` samples before.
static void mark_inside(const engine_samples *s, size_t channels, ptrdiff_t line, size_t first, size_t end, size_t time,
                        size_t height, size_t width, uint8_t *marks) {
    uint8_t m[PIECE * MAXIMUM_FEW_CHANNELS];
    for (size_t x = first; x < end; x += PIECE) {
        const size_t count = end - x < PIECE ? end - x : PIECE, samples = count * channels;
        const ptrdiff_t at = line + (ptrdiff_t)(x * channels);
        if (s->bytes) {
            const uint8_t *a = s->bytes + at, *t = a - time, *h = a - height, *w = a - width;
            for (size_t i = 0; i < samples; i++)
                m[i] = (uint8_t)((a[i] == t[i] ? ENGINE_ALONG_TIME : 0) | (a[i] == h[i] ? ENGINE_ALONG_HEIGHT : 0) |
                                 (a[i] == w[i] ? ENGINE_ALONG_WIDTH : 0));
        } else {
            const uint32_t *a = (const uint32_t *)(const void *)(s->values + at);
            const uint32_t *t = a - time, *h = a - height, *w = a - width;
            for (size_t i = 0; i < samples; i++)
                m[i] = (uint8_t)((a[i] == t[i] ? ENGINE_ALONG_TIME : 0) | (a[i] == h[i] ? ENGINE_ALONG_HEIGHT : 0) |
                                 (a[i] == w[i] ? ENGINE_ALONG_WIDTH : 0));
        }
        if (channels == 3)
            few_channels(3, count, m, marks + x);
        else if (channels == 2)
            few_channels(2, count, m, marks + x);
        else
            few_channels(1, count, m, marks + x);
    }
}

int engine_mark_repeats(const engine_window *w, const engine_samples *s, size_t frame, size_t line, uint8_t *repeats) {
    const size_t row = w->width + w->stride_width;
    uint8_t *marks = repeats + (frame * (w->height + w->stride_height) + line) * row;
    const size_t channels = w->channels, line_samples = w->width * channels, frame_samples = w->height * line_samples;
    const int exists = frame < w->frames && line < w->height;
    // The index of a line's first sample, or -1 outside.
    const ptrdiff_t here = exists ? (ptrdiff_t)(frame * frame_samples + line * line_samples) : -1;
    const ptrdiff_t earlier = frame >= w->stride_frames && line < w->height
                                  ? (ptrdiff_t)((frame - w->stride_frames) * frame_samples + line * line_samples)
                                  : -1;
    const ptrdiff_t above = line >= w->stride_height && frame < w->frames
                                ? (ptrdiff_t)(frame * frame_samples + (line - w->stride_height) * line_samples)
                                : -1;
    size_t first = 0, end = 0;
    if (channels <= MAXIMUM_FEW_CHANNELS && here >= 0 && earlier >= 0 && above >= 0 && w->width > w->stride_width) {
        first = w->stride_width;
        end = w->width;
        mark_inside(s, channels, here, first, end, w->stride_frames * frame_samples, w->stride_height * line_samples,
                    w->stride_width * channels, marks);
    }
    int any = 0;
    for (size_t x = 0; x < row; x++) {
        if (x >= first && x < end) {
            any |= marks[x];
            continue;
        }
        const ptrdiff_t at = x < w->width ? (ptrdiff_t)(x * channels) : -1;
        const ptrdiff_t left = x >= w->stride_width ? (ptrdiff_t)((x - w->stride_width) * channels) : -1;
#define PLACE(start, place) ((start) < 0 || (place) < 0 ? -1 : (start) + (place))
        const ptrdiff_t a = PLACE(here, at);
        const int mark = (is_same(s, channels, a, PLACE(earlier, at)) ? ENGINE_ALONG_TIME : 0) |
                         (is_same(s, channels, a, PLACE(above, at)) ? ENGINE_ALONG_HEIGHT : 0) |
                         (is_same(s, channels, a, PLACE(here, left)) ? ENGINE_ALONG_WIDTH : 0);
#undef PLACE
        marks[x] = (uint8_t)mark;
        if (a >= 0) any |= mark;
    }
    return any != 0;
}

// The index of the element under a tap of the kernel; before the first element it wraps around to a huge number.
static inline size_t element_of(size_t position, size_t stride, size_t before, size_t tap) {
    return position * stride + tap - before;
}

int engine_mark_flat(const engine_window *w, const uint8_t *repeats, size_t out_frame, size_t out_line, uint8_t *line,
                     uint8_t *flat) {
    const size_t row = w->width + w->stride_width, lines = w->height + w->stride_height;
    uint8_t *marks = flat + (out_frame * w->out_height + out_line) * w->out_width;
    memset(line, AXES, row);
    for (size_t i = 0; i < w->kernel_frames; i++) {
        const size_t t = element_of(out_frame, w->stride_frames, w->before_frames, i);
        if (t >= w->frames + w->stride_frames) continue;
        for (size_t j = 0; j < w->kernel_height; j++) {
            const size_t y = element_of(out_line, w->stride_height, w->before_height, j);
            if (y >= lines) continue;
            // The first elements of a field need not equal the elements one stride before them, which are outside the
            // field.
            const uint8_t free = (uint8_t)((i < w->stride_frames ? ENGINE_ALONG_TIME : 0) |
                                           (j < w->stride_height ? ENGINE_ALONG_HEIGHT : 0));
            const uint8_t *from = repeats + (t * lines + y) * row;
            uint8_t left = 0;
            for (size_t x = 0; x < row; x++) left |= line[x] &= from[x] | free;
            if (!left) {
                memset(marks, 0, w->out_width);
                return 0;
            }
        }
    }
    int any = 0;
    for (size_t x = 0; x < w->out_width; x++) {
        uint8_t mark = AXES;
        for (size_t k = 0; k < w->kernel_width; k++) {
            const size_t at = element_of(x, w->stride_width, w->before_width, k);
            if (at < row) mark &= line[at] | (k < w->stride_width ? ENGINE_ALONG_WIDTH : 0);
        }
        marks[x] = mark;
        any |= mark;
    }
    return any != 0;
}

size_t engine_field_floats(const engine_window *w) {
    return w->kernel_frames * w->kernel_height * w->kernel_width * w->channels;
}

// Copies the field of one output, [kernel frames][kernel height][kernel width][channels].
static void gather_field(const engine_window *w, const engine_samples *s, size_t frame, size_t line, size_t column,
                         float *to) {
    const size_t channels = w->channels, segment = w->kernel_width * channels;
    for (size_t i = 0; i < w->kernel_frames; i++) {
        const size_t t = element_of(frame, w->stride_frames, w->before_frames, i);
        for (size_t j = 0; j < w->kernel_height; j++, to += segment) {
            const size_t y = element_of(line, w->stride_height, w->before_height, j);
            if (t >= w->frames || y >= w->height) {
                memset(to, 0, segment * sizeof(float));
                continue;
            }
            const size_t start = element_of(column, w->stride_width, w->before_width, 0);
            if (!s->bytes && start < w->width && start + w->kernel_width <= w->width) {
                memcpy(to, s->values + ((t * w->height + y) * w->width + start) * channels, segment * sizeof(float));
                continue;
            }
            for (size_t k = 0; k < w->kernel_width; k++) {
                const size_t x = element_of(column, w->stride_width, w->before_width, k);
                float *element = to + k * channels;
                if (x >= w->width) {
                    memset(element, 0, channels * sizeof(float));
                    continue;
                }
                const size_t at = ((t * w->height + y) * w->width + x) * channels;
                if (s->bytes)
                    for (size_t c = 0; c < channels; c++) element[c] = value_at(s, (ptrdiff_t)(at + c));
                else
                    memcpy(element, s->values + at, channels * sizeof(float));
            }
        }
    }
}

size_t engine_flat_scratch_floats(const engine_window *w, size_t columns) {
    const size_t masks = (engine_mask_stride(columns) + sizeof(float) - 1) / sizeof(float);
    return FLAT_BATCH * (engine_field_floats(w) + columns + masks) + 32;
}

typedef struct batch {
    size_t count;
    size_t positions[FLAT_BATCH];
    float *fields, *sums;
    uint8_t *masks;
} batch;

static void finish_batch(const engine_kernels *kernels, size_t depth, const float *filters, size_t columns,
                         const engine_epilogue *epilogue, batch *b) {
    const size_t mask_stride = engine_mask_stride(columns);
    const engine_rows rows = {.first = b->fields, .stride = depth, .depth = depth};
    const engine_epilogue here = {.destination = b->sums,
                                  .stride = columns,
                                  .bias = epilogue->bias,
                                  .masks = b->masks,
                                  .mask_stride = mask_stride,
                                  .mask_channels = columns};
    kernels->product(b->count, &rows, 1, filters, columns, &here);
    for (size_t i = 0; i < b->count; i++) {
        memcpy(epilogue->destination + b->positions[i] * epilogue->stride, b->sums + i * columns,
               columns * sizeof(float));
        memcpy(epilogue->masks + b->positions[i] * epilogue->mask_stride, b->masks + i * mask_stride, mask_stride);
    }
    b->count = 0;
}

void engine_flat_outputs(const engine_kernels *kernels, const engine_window *w, const engine_samples *s,
                         const uint8_t *flat, size_t first_frame, size_t frames, size_t first_line, size_t lines,
                         const float *filters, size_t columns, const engine_epilogue *epilogue, float *scratch) {
    const size_t depth = engine_field_floats(w), width = w->out_width, plane = w->out_height * width;
    const size_t mask_stride = engine_mask_stride(columns);
    batch b = {.fields = scratch, .sums = scratch + FLAT_BATCH * depth};
    b.masks = (uint8_t *)(b.sums + FLAT_BATCH * columns);
    // If an output and its predecessor along an axis are both flat along that axis, they have the same field. The
    // distance to such a predecessor, or 0.
#define SAME_AS(mark, p)                                                                                               \
    (x > 0 && (mark & flat[p - 1] & ENGINE_ALONG_WIDTH)                 ? 1                                            \
     : y > first_line && (mark & flat[p - width] & ENGINE_ALONG_HEIGHT) ? width                                        \
     : t > first_frame && (mark & flat[p - plane] & ENGINE_ALONG_TIME)  ? plane                                        \
                                                                        : 0)
    for (size_t t = first_frame; t < first_frame + frames; t++) {
        for (size_t y = first_line; y < first_line + lines; y++) {
            for (size_t x = 0; x < width; x++) {
                const size_t p = t * plane + y * width + x;
                if (!flat[p] || SAME_AS(flat[p], p)) continue;
                gather_field(w, s, t, y, x, b.fields + b.count * depth);
                b.positions[b.count++] = p;
                if (b.count == FLAT_BATCH) finish_batch(kernels, depth, filters, columns, epilogue, &b);
            }
        }
    }
    if (b.count > 0) finish_batch(kernels, depth, filters, columns, epilogue, &b);
    for (size_t t = first_frame; t < first_frame + frames; t++) {
        for (size_t y = first_line; y < first_line + lines; y++) {
            for (size_t x = 0; x < width; x++) {
                const size_t p = t * plane + y * width + x, back = flat[p] ? SAME_AS(flat[p], p) : 0;
                if (back == 0) continue;
                memcpy(epilogue->destination + p * epilogue->stride,
                       epilogue->destination + (p - back) * epilogue->stride, columns * sizeof(float));
                memcpy(epilogue->masks + p * epilogue->mask_stride,
                       epilogue->masks + (p - back) * epilogue->mask_stride, mask_stride);
            }
        }
    }
#undef SAME_AS
}
