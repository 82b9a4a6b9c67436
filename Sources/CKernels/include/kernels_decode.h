#ifndef SALIENCYD_KERNELS_DECODE_H
#define SALIENCYD_KERNELS_DECODE_H

#include <stddef.h>
#include <stdint.h>

// Turns or mirrors a plane: output element (x, y) is the input element at origin + x * step_x + y * step_y (bytes).
// Element sizes of 1, 2, 3, 4, 6 and 8 bytes; for any other nothing is written and 0 returned, else 1.
int saliency_turn_plane(uint8_t *output, ptrdiff_t output_stride, int width, int height, const uint8_t *origin,
                        ptrdiff_t step_x, ptrdiff_t step_y, int element_size);

#endif
