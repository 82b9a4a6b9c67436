// 3x3x3 units by Winograd convolution, the stem, and products of rows, with shapes that have every kind of remainder.
#include <stdio.h>
#include <string.h>

#include "harness.h"

typedef struct shape {
    size_t frames, height, width, in, out, tile_frames, first_time, time_count;
} shape;

static const shape shapes[] = {
    {1, 1, 1, 1, 1, 4, 0, 1},    {1, 1, 1, 3, 5, 2, 0, 1},    {2, 3, 5, 3, 7, 4, 0, 1},
    {5, 7, 14, 17, 33, 2, 0, 3}, {4, 14, 9, 16, 48, 4, 0, 1}, {3, 10, 11, 20, 64, 2, 0, 2},
    {9, 4, 6, 8, 96, 4, 1, 2},   {6, 13, 2, 35, 20, 2, 1, 2}, {8, 5, 17, 33, 16, 4, 0, 2},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

// Epilogues of forward passes (bias, ReLU and masks) and of backward passes (sums, masks of some channels, guided
// rule).
typedef enum ending { FORWARD, SUM, ADD, MASKED, GUIDED, ENDINGS } ending;

typedef struct output {
    size_t floats, mask_bytes;
    engine_epilogue epilogue;
} output;

static output new_output(size_t positions, size_t channels, ending how) {
    const size_t stride = channels + 3, mask_stride = engine_mask_stride(channels);
    output o = {.floats = (positions - 1) * stride + channels, .mask_bytes = positions * mask_stride};
    o.epilogue = (engine_epilogue){.destination = how == ADD || how == GUIDED ? random_floats(o.floats)
                                                                              : untouched_floats(o.floats),
                                   .stride = stride,
                                   .accumulates = how == ADD || how == GUIDED,
                                   .mask_stride = mask_stride,
                                   .mask_channels = how == FORWARD ? channels : channels / 2 + 1,
                                   .guided = how == GUIDED};
    if (how == FORWARD) {
        o.epilogue.bias = random_floats(channels);
        o.epilogue.masks = untouched_bytes(o.mask_bytes);
    } else if (how == MASKED || how == GUIDED) {
        o.epilogue.masks = random_bytes(o.mask_bytes);
    }
    return o;
}

static void check_output(saliency_isa isa, const char *group, const char *name, const output *o) {
    char masks[112];
    check_floats(isa, group, name, o->epilogue.destination, o->floats);
    snprintf(masks, sizeof masks, "%s masks", name);
    if (o->epilogue.masks) check_bytes(isa, group, masks, o->epilogue.masks, o->mask_bytes);
}

// The number of tiles in the next call, which is not always the maximum.
static size_t batch(size_t call, size_t left) {
    const size_t sizes[4] = {5, WINOGRAD_ROWS, 1, 11}, size = sizes[call % 4];
    return size < left ? size : left;
}

static void unit(saliency_isa isa, const shape *s, ending how) {
    char name[96];
    random_seed(10);
    const engine_winograd w = {.frames = s->frames,
                               .height = s->height,
                               .width = s->width,
                               .in_channels = s->in,
                               .out_channels = s->out,
                               .before = 1,
                               .tile_frames = s->tile_frames,
                               .first_time = s->first_time,
                               .time_count = s->time_count};
    const size_t positions = s->frames * s->height * s->width, stride = s->in + 5;
    const float *source = random_floats((positions - 1) * stride + s->in);
    const float *taps = random_floats(27 * s->in * s->out);
    float *filters = new_aligned(engine_winograd_filter_floats(s->in, s->out, s->tile_frames) * sizeof(float));
    engine_winograd_filters(s->in, s->out, s->tile_frames, taps, how != FORWARD, filters);
    const output o = new_output(positions, s->out, how);
    float *scratch = random_aligned_floats(engine_winograd_scratch_floats(&w));
    const size_t tiles = engine_winograd_tiles(&w);
    for (size_t first = 0, call = 0, count; first < tiles; first += count, call++) {
        count = batch(call, tiles - first);
        engine_kernels_for(isa)->winograd(&w, source, stride, filters, first, count, scratch, &o.epilogue);
    }
    snprintf(name, sizeof name, "winograd %zu %zu %zu %zu %zu %zu %d", s->frames, s->height, s->width, s->in, s->out,
             s->tile_frames, how);
    check_output(isa, "winograd", name, &o);
}

static void units(saliency_isa isa) {
    for (size_t i = 0; i < SHAPES; i++)
        for (int how = FORWARD; how < ENDINGS; how++) unit(isa, &shapes[i], (ending)how);
}

void test_convolution(void) { for_each_isa(units); }

static const shape clips[] = {
    {1, 1, 1, 1, 3, 4, 0, 1},    {3, 5, 7, 3, 16, 4, 0, 1},   {8, 12, 10, 3, 24, 4, 0, 1},
    {9, 17, 13, 2, 40, 4, 0, 2}, {4, 16, 18, 1, 64, 4, 0, 1},
};
enum { CLIPS = sizeof clips / sizeof clips[0] };

static void stem(saliency_isa isa, const shape *s, int of_bytes) {
    char name[96];
    random_seed(11);
    const size_t elements = s->frames * s->height * s->width * s->in;
    engine_blocks blocks = {.frames = s->frames, .height = s->height, .width = s->width, .channels = s->in};
    if (of_bytes) {
        blocks.bytes = random_bytes(elements);
        blocks.scale = 2.0f / 255;
        blocks.offset = -1;
    }
    engine_winograd w = {.frames = (s->frames + 1) / 2,
                         .height = (s->height + 1) / 2,
                         .width = (s->width + 1) / 2,
                         .in_channels = 8 * s->in,
                         .out_channels = s->out,
                         .before = 1,
                         .tile_frames = 4,
                         .time_count = s->time_count};
    const size_t positions = w.frames * w.height * w.width, tiles = engine_winograd_tiles(&w);
    const float *clip = random_floats(elements), *taps = random_floats(343 * s->in * s->out);
    float *filters = new_aligned(engine_stem_filter_floats(s->in, s->out, 0) * sizeof(float));
    engine_stem_filters(s->in, s->out, taps, 0, filters);
    const output o = new_output(positions, s->out, FORWARD);
    float *scratch = random_aligned_floats(engine_stem_scratch_floats(s->in, s->out));
    for (size_t first = 0, call = 0, count; first < tiles; first += count, call++) {
        count = batch(call, tiles - first);
        engine_kernels_for(isa)->stem(&w, &blocks, clip, filters, first, count, scratch, &o.epilogue);
    }
    snprintf(name, sizeof name, "stem %zu %zu %zu %zu %zu %d", s->frames, s->height, s->width, s->in, s->out, of_bytes);
    check_output(isa, "stem", name, &o);
    if (of_bytes) return;

    w.in_channels = s->out;
    w.out_channels = 8 * s->in;
    w.before = 2;
    const size_t stride = s->out + 1;
    const float *source = random_floats((positions - 1) * stride + s->out);
    float *turned = new_aligned(engine_stem_filter_floats(s->in, s->out, 1) * sizeof(float));
    memset(turned, 0, engine_stem_filter_floats(s->in, s->out, 1) * sizeof(float));
    engine_stem_filters(s->in, s->out, taps, 1, turned);
    float *gradient = untouched_floats(elements);
    for (size_t first = 0, call = 0, count; first < tiles; first += count, call++) {
        count = batch(call, tiles - first);
        engine_kernels_for(isa)->stem_gradient(&w, &blocks, source, stride, turned, first, count, scratch, gradient);
    }
    snprintf(name, sizeof name, "stem gradient %zu %zu %zu %zu %zu", s->frames, s->height, s->width, s->in, s->out);
    check_floats(isa, "stem", name, gradient, elements);
}

static void stems(saliency_isa isa) {
    for (size_t i = 0; i < CLIPS; i++) {
        stem(isa, &clips[i], 0);
        stem(isa, &clips[i], 1);
    }
}

void test_stem(void) { for_each_isa(stems); }

static void product(saliency_isa isa, size_t rows, size_t sources, size_t columns, ending how) {
    char name[96];
    random_seed(12);
    engine_rows of[3];
    size_t depth = 0;
    for (size_t s = 0; s < sources; s++) {
        of[s].depth = 3 + 10 * s;
        of[s].stride = of[s].depth + s;
        of[s].first = random_floats((rows - 1) * of[s].stride + of[s].depth);
        depth += of[s].depth;
    }
    float *packed = new_aligned(engine_packed_floats(depth, columns) * sizeof(float));
    engine_pack_filters(depth, columns, random_floats(depth * columns), columns, 1, packed);
    const output o = new_output(rows, columns, how);
    engine_kernels_for(isa)->product(rows, of, sources, packed, columns, &o.epilogue);
    snprintf(name, sizeof name, "product %zu %zu %zu %d", rows, sources, columns, how);
    check_output(isa, "product", name, &o);
}

static void products(saliency_isa isa) {
    static const size_t rows[] = {1, 2, 3, 7, 8, 9, 19, 33}, columns[] = {1, 9, 16, 17, 32, 40, 48, 64, 80, 112};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++)
            for (int how = FORWARD; how < ENDINGS; how++) product(isa, rows[r], 1 + c % 3, columns[c], (ending)how);
}

void test_products(void) { for_each_isa(products); }
