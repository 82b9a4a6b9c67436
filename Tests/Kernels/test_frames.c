// Frames: planes are rotated, composited over a background, and mapped from high dynamic range. There are no variants.
#include <stdio.h>

#include "harness.h"

static void rotated(size_t size) {
    enum { WIDTH = 37, HEIGHT = 41 };
    char name[64];
    const uint8_t *plane = random_bytes(WIDTH * HEIGHT * size);
    uint8_t *turned = untouched_bytes(WIDTH * HEIGHT * size);
    // Transposed and mirrored: output x runs upwards through the input's lines.
    const ptrdiff_t stride = (ptrdiff_t)(WIDTH * size);
    const int done = saliency_rotate_plane(turned, (ptrdiff_t)(HEIGHT * size), HEIGHT, WIDTH,
                                           plane + (HEIGHT - 1) * stride, -stride, (ptrdiff_t)size, (int)size);
    check_that(done == 1, "planes of 1, 2, 3, 4, 6 and 8 bytes are rotated");
    snprintf(name, sizeof name, "rotate %zu", size);
    check_bytes(SALIENCY_ISA_SCALAR, "frames", name, turned, WIDTH * HEIGHT * size);
}

static void composited(int sample_bytes) {
    enum { WIDTH = 11, HEIGHT = 7 };
    char name[64];
    const int step = sample_bytes;
    const saliency_plane input = {random_bytes((size_t)(WIDTH * HEIGHT * step)), WIDTH * step, step, WIDTH, HEIGHT};
    const int across = 2 * WIDTH - 1, down = 2 * HEIGHT;
    const saliency_plane alpha = {random_bytes((size_t)(across * down * step)), across * step, step, across, down};
    uint8_t *output = untouched_bytes((size_t)(WIDTH * HEIGHT * step));
    const unsigned maximum = sample_bytes == 1 ? 255 : 65535;
    const int done = saliency_composite_plane(output, WIDTH * step, input, alpha, 1, 1, maximum / 3, maximum, step);
    check_that(done == 1, "samples of 1 and 2 bytes are composited");
    snprintf(name, sizeof name, "composite %d", sample_bytes);
    check_bytes(SALIENCY_ISA_SCALAR, "frames", name, output, (size_t)(WIDTH * HEIGHT * step));
    check_that(!saliency_samples_are(alpha, step, 3), "noise is not one value");
}

static void tone_mapped(int has_gain) {
    enum { COUNT = 500 };
    static float linear[65536], gain[saliency_tone_gains + 1];
    static uint8_t encoded[saliency_tone_codes + 1];
    for (size_t i = 0; i < 65536; i++) linear[i] = (float)i / 65535 * (has_gain ? 1 : 1.3f);
    for (size_t i = 0; i <= saliency_tone_gains; i++) gain[i] = 1.5f - (float)i / saliency_tone_gains;
    for (size_t i = 0; i <= saliency_tone_codes; i++) encoded[i] = (uint8_t)(i * 255 / saliency_tone_codes);
    const saliency_tone tone = {
        .linear = linear,
        .gain = has_gain ? gain : NULL,
        .luma = {0.2627f, 0.678f, 0.0593f},
        .matrix = {1.66f, -0.588f, -0.0728f, -0.1246f, 1.1329f, -0.0083f, -0.0182f, -0.1006f, 1.1187f},
        .encoded = encoded};
    uint16_t *input = new_guarded(COUNT * 6);
    for (size_t i = 0; i < COUNT * 3; i++) input[i] = (uint16_t)random_bits();
    uint8_t *output = untouched_bytes(COUNT * 3);
    saliency_tone_map(output, input, COUNT, &tone);
    check_bytes(SALIENCY_ISA_SCALAR, "frames", has_gain ? "tone map with gain" : "tone map", output, COUNT * 3);
}

void test_frames(void) {
    random_seed(60);
    const size_t sizes[] = {1, 2, 3, 4, 6, 8};
    for (size_t i = 0; i < 6; i++) rotated(sizes[i]);
    composited(1);
    composited(2);
    tone_mapped(0);
    tone_mapped(1);
}
