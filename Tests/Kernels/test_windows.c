// Sliding windows: max-pools and their gradients, patches and their transpose, and outputs whose field repeats.
#include <stdio.h>
#include <string.h>

#include "harness.h"

static size_t stops(size_t size, size_t stride) { return (size + stride - 1) / stride; }

// A window with SAME padding.
static engine_window window(size_t frames, size_t height, size_t width, size_t channels, size_t kernel, size_t stride) {
    const size_t sizes[3] = {frames, height, width};
    size_t before[3];
    for (int i = 0; i < 3; i++) {
        const size_t reach = (stops(sizes[i], stride) - 1) * stride + kernel;
        before[i] = reach > sizes[i] ? (reach - sizes[i]) / 2 : 0;
    }
    return (engine_window){.frames = frames,
                           .height = height,
                           .width = width,
                           .channels = channels,
                           .out_frames = stops(frames, stride),
                           .out_height = stops(height, stride),
                           .out_width = stops(width, stride),
                           .kernel_frames = kernel,
                           .kernel_height = kernel,
                           .kernel_width = kernel,
                           .stride_frames = stride,
                           .stride_height = stride,
                           .stride_width = stride,
                           .before_frames = before[0],
                           .before_height = before[1],
                           .before_width = before[2]};
}

static void pool(saliency_isa isa, engine_window w) {
    char name[96];
    random_seed(20);
    const engine_kernels *kernels = engine_kernels_for(isa);
    const size_t in = w.frames * w.height * w.width * w.channels, line = w.out_width * w.channels;
    const size_t out = w.out_frames * w.out_height * line;
    const float *source = random_floats(in), *gradient = random_floats(out);
    float *pooled = untouched_floats(out), *back = random_floats(in);
    uint8_t *indices = untouched_bytes(out);
    for (size_t t = 0; t < w.out_frames; t++)
        for (size_t y = 0; y < w.out_height; y++) {
            const size_t at = (t * w.out_height + y) * line;
            engine_max_pool_line(kernels, &w, source, t, y, pooled + at, indices + at);
        }
    for (size_t t = 0; t < w.frames; t++)
        for (size_t y = 0; y < w.height; y++)
            engine_max_pool_gradient_line(kernels, &w, gradient, indices, t, y,
                                          back + (t * w.height + y) * w.width * w.channels, (int)(y % 2));
    snprintf(name, sizeof name, "pool %zu %zu %zu", w.width, w.channels, w.kernel_frames * 10 + w.stride_frames);
    check_floats(isa, "windows", name, pooled, out);
    snprintf(name, sizeof name, "pool indices %zu %zu %zu", w.width, w.channels,
             w.kernel_frames * 10 + w.stride_frames);
    check_bytes(isa, "windows", name, indices, out);
    snprintf(name, sizeof name, "pool gradient %zu %zu %zu", w.width, w.channels,
             w.kernel_frames * 10 + w.stride_frames);
    check_floats(isa, "windows", name, back, in);
}

static void patches(saliency_isa isa, engine_window w) {
    char name[96];
    random_seed(21);
    const size_t in = w.frames * w.height * w.width * w.channels, lines = w.kernel_frames * w.kernel_height;
    const size_t rows = w.out_frames * w.out_height * w.out_width, row = lines * w.kernel_width * w.channels;
    float *gathered = untouched_floats(rows * row);
    engine_gather_patches(&w, random_floats(in), 0, rows, 0, lines, gathered);
    snprintf(name, sizeof name, "patches %zu %zu", w.width, w.channels);
    check_floats(isa, "windows", name, gathered, rows * row);
    const size_t plane = w.height * w.width * w.channels, column = w.kernel_height * w.kernel_width * w.channels;
    float *frame = random_floats(plane);
    engine_scatter_patches(engine_kernels_for(isa), &w, random_floats(w.out_height * w.out_width * column), 0,
                           w.out_height, frame);
    snprintf(name, sizeof name, "scattered patches %zu %zu", w.width, w.channels);
    check_floats(isa, "windows", name, frame, plane);
}

static void windows(saliency_isa isa) {
    pool(isa, window(3, 5, 7, 19, 3, 1));
    pool(isa, window(4, 6, 5, 64, 3, 2));
    pool(isa, window(5, 4, 9, 33, 2, 2));
    patches(isa, window(2, 5, 6, 7, 3, 1));
    patches(isa, window(3, 7, 9, 3, 7, 2));
}

void test_windows(void) { for_each_isa(windows); }

// A still clip of one colour except for a few elements, so that there are marks of every kind.
static void flat(saliency_isa isa, engine_window w, int of_bytes) {
    char name[96];
    random_seed(22);
    const size_t in = w.frames * w.height * w.width * w.channels, columns = 21, depth = engine_field_floats(&w);
    uint8_t *bytes = memset(new_guarded(in), 90, in);
    for (size_t i = 0; i < w.frames; i++) bytes[random_below(in)] = (uint8_t)random_bits();
    float *values = new_guarded(in * sizeof(float));
    for (size_t i = 0; i < in; i++) values[i] = (float)bytes[i];
    const engine_samples samples = {
        .values = of_bytes ? NULL : values, .bytes = of_bytes ? bytes : NULL, .scale = 0.01f, .offset = -1};
    const size_t row = w.width + w.stride_width, lines = w.height + w.stride_height;
    uint8_t *repeats = untouched_bytes((w.frames + w.stride_frames) * lines * row), *line = untouched_bytes(row);
    const size_t out = w.out_frames * w.out_height * w.out_width, mask_stride = engine_mask_stride(columns);
    uint8_t *marks = untouched_bytes(out);
    for (size_t t = 0; t < w.frames + w.stride_frames; t++)
        for (size_t y = 0; y < lines; y++) engine_mark_repeats(&w, &samples, t, y, repeats);
    for (size_t t = 0; t < w.out_frames; t++)
        for (size_t y = 0; y < w.out_height; y++) engine_mark_flat(&w, repeats, t, y, line, marks);
    float *packed = new_aligned(engine_packed_floats(depth, columns) * sizeof(float));
    engine_pack_filters(depth, columns, random_floats(depth * columns), columns, 1, packed);
    const engine_epilogue epilogue = {.destination = untouched_floats(out * columns),
                                      .stride = columns,
                                      .bias = random_floats(columns),
                                      .masks = untouched_bytes(out * mask_stride),
                                      .mask_stride = mask_stride,
                                      .mask_channels = columns};
    float *scratch = random_aligned_floats(engine_flat_scratch_floats(&w, columns));
    engine_flat_outputs(engine_kernels_for(isa), &w, &samples, marks, 0, w.out_frames, 0, w.out_height, packed, columns,
                        &epilogue, scratch);
    snprintf(name, sizeof name, "flat marks %zu %d", w.width, of_bytes);
    check_bytes(isa, "flat", name, marks, out);
    snprintf(name, sizeof name, "flat %zu %d", w.width, of_bytes);
    check_floats(isa, "flat", name, epilogue.destination, out * columns);
    snprintf(name, sizeof name, "flat masks %zu %d", w.width, of_bytes);
    check_bytes(isa, "flat", name, epilogue.masks, out * mask_stride);
}

static void flats(saliency_isa isa) {
    for (int of_bytes = 0; of_bytes < 2; of_bytes++) {
        flat(isa, window(4, 9, 11, 3, 3, 1), of_bytes);
        flat(isa, window(6, 14, 13, 3, 7, 2), of_bytes);
        flat(isa, window(3, 8, 10, 5, 3, 1), of_bytes);
    }
}

void test_flat_outputs(void) { for_each_isa(flats); }
