// The overlay's rows, with every kind of remainder, and heat in space and time, which has no variants.
#include <stdio.h>
#include <string.h>

#include "harness.h"

static void row(saliency_isa isa, size_t count) {
    char name[64];
    random_seed(40);
    const saliency_overlay_kernels *kernels = saliency_overlay_kernels_for(isa);
    uint8_t alpha[256], value[256];
    for (int i = 0; i < 256; i++) {
        alpha[i] = (uint8_t)i;
        value[i] = (uint8_t)random_bits();
    }
    saliency_blend_table table;
    saliency_blend_table_fill(&table, alpha, value);
    uint8_t *samples = random_bytes(count);
    // Four bytes past the largest index may be read.
    const uint8_t *heat = random_bytes(count + 4);
    kernels->blend(samples, heat, &table, count);
    snprintf(name, sizeof name, "blend %zu", count);
    check_bytes(isa, "overlay", name, samples, count);

    uint16_t *top = new_guarded(2 * count), *bottom = new_guarded(2 * count), *index = new_guarded(2 * count);
    uint16_t *weight = new_guarded(2 * count), *expanded = new_guarded(2 * count);
    for (size_t i = 0; i < count; i++) {
        top[i] = (uint16_t)random_below(32641);
        bottom[i] = (uint16_t)random_below(32641);
        index[i] = (uint16_t)random_below(count);
        weight[i] = (uint16_t)random_below(129);
    }
    for (int w = 0; w <= saliency_tap_one; w += 32) {
        uint8_t *mixed = untouched_bytes(count);
        kernels->mix(mixed, top, bottom, w, count);
        snprintf(name, sizeof name, "mix %zu %d", count, w);
        check_bytes(isa, "overlay", name, mixed, count);
    }
    kernels->expand(expanded, heat, index, weight, count);
    snprintf(name, sizeof name, "expand %zu", count);
    check_bytes(isa, "overlay", name, expanded, 2 * count);
}

static void rows(saliency_isa isa) {
    for (size_t count = 1; count <= 70; count++) row(isa, count);
    row(isa, 127);
    row(isa, 1024);
}

void test_overlay(void) { for_each_isa(rows); }

void test_heat(void) {
    enum { HEIGHT = 13, WIDTH = 17, COUNT = HEIGHT * WIDTH };
    const saliency_isa isa = SALIENCY_ISA_SCALAR;
    random_seed(41);
    float *map = random_floats(COUNT), *scratch = untouched_floats(COUNT), *sum = untouched_floats(COUNT);
    const float weights[4] = {0.4f, 0.2f, 0.07f, 0.03f}, *maps[2] = {random_floats(COUNT), random_floats(COUNT)};
    saliency_heat_blur(map, scratch, HEIGHT, WIDTH, weights, 3);
    check_floats(isa, "heat", "blur", map, COUNT);
    saliency_heat_combine(sum, maps, weights, 2, COUNT);
    saliency_heat_accumulate(sum, map, 0.3f, COUNT);
    saliency_heat_scale(sum, 0.1f, 1.7f, COUNT);
    check_floats(isa, "heat", "combine", sum, COUNT);
    uint8_t *rendered = untouched_bytes(COUNT);
    saliency_heat_render(rendered, sum, map, 0.3f, COUNT);
    check_bytes(isa, "heat", "render", rendered, COUNT);
    saliency_heat_render_signed(rendered, sum, map, 0.6f, COUNT);
    check_bytes(isa, "heat", "render signed", rendered, COUNT);
    saliency_heat_magnitude(sum, COUNT);
    float ends[2];
    saliency_heat_percentile(sum, COUNT, 0.93, &ends[0], &ends[1]);
    check_floats(isa, "heat", "percentile", ends, 2);
}
