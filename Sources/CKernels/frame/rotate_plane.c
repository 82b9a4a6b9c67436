#include "CKernels.h"

#include <string.h>

// Processed in tiles, so that the scattered reads of a transposition stay in the first-level cache.
enum { tile = 32 };

static inline __attribute__((always_inline)) void rotate(uint8_t *output, ptrdiff_t output_stride, int width,
                                                         int height, const uint8_t *origin, ptrdiff_t step_x,
                                                         ptrdiff_t step_y, size_t size) {
    for (int top = 0; top < height; top += tile) {
        int bottom = top + tile < height ? top + tile : height;
        for (int left = 0; left < width; left += tile) {
            int right = left + tile < width ? left + tile : width;
            for (int y = top; y < bottom; y++) {
                const uint8_t *from = origin + y * step_y + left * step_x;
                uint8_t *to = output + y * output_stride + (ptrdiff_t)left * (ptrdiff_t)size;
                for (int x = left; x < right; x++, from += step_x, to += size) memcpy(to, from, size);
            }
        }
    }
}

int saliency_rotate_plane(uint8_t *output, ptrdiff_t output_stride, int width, int height, const uint8_t *origin,
                          ptrdiff_t step_x, ptrdiff_t step_y, int element_size) {
    switch (element_size) {
    case 1: rotate(output, output_stride, width, height, origin, step_x, step_y, 1); return 1;
    case 2: rotate(output, output_stride, width, height, origin, step_x, step_y, 2); return 1;
    case 3: rotate(output, output_stride, width, height, origin, step_x, step_y, 3); return 1;
    case 4: rotate(output, output_stride, width, height, origin, step_x, step_y, 4); return 1;
    case 6: rotate(output, output_stride, width, height, origin, step_x, step_y, 6); return 1;
    case 8: rotate(output, output_stride, width, height, origin, step_x, step_y, 8); return 1;
    default: return 0;
    }
}
