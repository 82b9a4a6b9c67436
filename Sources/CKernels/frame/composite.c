#include "CKernels.h"

static inline unsigned load(const uint8_t *sample, int sample_bytes) {
    return sample_bytes == 1 ? *sample : sample[0] | (unsigned)sample[1] << 8;
}

static inline __attribute__((always_inline)) void composite(uint8_t *output, ptrdiff_t output_stride,
                                                            saliency_plane input, saliency_plane alpha, int shift_x,
                                                            int shift_y, unsigned background, unsigned maximum,
                                                            int sample_bytes) {
    for (int y = 0; y < input.height; y++) {
        const uint8_t *from = input.base + y * input.stride;
        uint8_t *to = output + y * output_stride;
        int top = y << shift_y, bottom = (y + 1) << shift_y;
        if (bottom > alpha.height) bottom = alpha.height;
        for (int x = 0; x < input.width; x++) {
            int left = x << shift_x, right = (x + 1) << shift_x;
            if (right > alpha.width) right = alpha.width;
            uint64_t sum = 0;
            for (int row = top; row < bottom; row++) {
                const uint8_t *line = alpha.base + row * alpha.stride;
                for (int column = left; column < right; column++) {
                    unsigned value = load(line + column * alpha.step, sample_bytes);
                    sum += value < maximum ? value : maximum;
                }
            }
            uint64_t whole = (uint64_t)maximum * (uint64_t)((bottom - top) * (right - left));
            uint64_t mixed = load(from + x * input.step, sample_bytes) * sum + background * (whole - sum);
            unsigned value = (unsigned)((mixed + whole / 2) / whole);
            uint8_t *at = to + x * input.step;
            at[0] = (uint8_t)value;
            if (sample_bytes == 2) at[1] = (uint8_t)(value >> 8);
        }
    }
}

int saliency_composite_plane(uint8_t *output, ptrdiff_t output_stride, saliency_plane input, saliency_plane alpha,
                             int shift_x, int shift_y, unsigned background, unsigned maximum, int sample_bytes) {
    if (maximum == 0 || shift_x < 0 || shift_x > 4 || shift_y < 0 || shift_y > 4) return 0;
    // Every sample must be covered by an alpha sample.
    if (input.width > 0 && (int64_t)(input.width - 1) << shift_x >= alpha.width) return 0;
    if (input.height > 0 && (int64_t)(input.height - 1) << shift_y >= alpha.height) return 0;
    switch (sample_bytes) {
    case 1: composite(output, output_stride, input, alpha, shift_x, shift_y, background, maximum, 1); return 1;
    case 2: composite(output, output_stride, input, alpha, shift_x, shift_y, background, maximum, 2); return 1;
    default: return 0;
    }
}

int saliency_samples_are(saliency_plane plane, int sample_bytes, unsigned value) {
    for (int y = 0; y < plane.height; y++) {
        const uint8_t *row = plane.base + y * plane.stride;
        unsigned differs = 0;
        if (sample_bytes == 1) {
            for (int x = 0; x < plane.width; x++) differs |= load(row + x * plane.step, 1) ^ value;
        } else {
            for (int x = 0; x < plane.width; x++) differs |= load(row + x * plane.step, 2) ^ value;
        }
        if (differs) return 0;
    }
    return 1;
}
