// Max-pool: finds the elements that a window covers, and the windows that cover an element.
#include "CKernels.h"

// An element is covered by at most as many windows as a window has elements, so both lists fit.
enum { MAXIMUM_TAPS = ENGINE_POOL_MAXIMUM_TAPS };
_Static_assert(MAXIMUM_TAPS <= 256, "an index is one byte");

void engine_max_pool_line(const engine_kernels *kernels, const engine_window *w, const float *source, size_t out_frame,
                          size_t out_line, float *destination, uint8_t *indices) {
    const ptrdiff_t t0 = (ptrdiff_t)(out_frame * w->stride_frames) - (ptrdiff_t)w->before_frames;
    const ptrdiff_t y0 = (ptrdiff_t)(out_line * w->stride_height) - (ptrdiff_t)w->before_height;
    for (size_t x = 0; x < w->out_width; x++) {
        const ptrdiff_t x0 = (ptrdiff_t)(x * w->stride_width) - (ptrdiff_t)w->before_width;
        const float *rows[MAXIMUM_TAPS];
        uint8_t codes[MAXIMUM_TAPS];
        size_t count = 0, code = 0;
        for (size_t kt = 0; kt < w->kernel_frames; kt++) {
            for (size_t kh = 0; kh < w->kernel_height; kh++) {
                for (size_t kw = 0; kw < w->kernel_width; kw++, code++) {
                    const ptrdiff_t t = t0 + (ptrdiff_t)kt, y = y0 + (ptrdiff_t)kh, i = x0 + (ptrdiff_t)kw;
                    if (t < 0 || t >= (ptrdiff_t)w->frames || y < 0 || y >= (ptrdiff_t)w->height || i < 0 ||
                        i >= (ptrdiff_t)w->width)
                        continue;
                    rows[count] = source + (((size_t)t * w->height + (size_t)y) * w->width + (size_t)i) * w->channels;
                    codes[count++] = (uint8_t)code;
                }
            }
        }
        kernels->maximum(count, w->channels, rows, codes, destination + x * w->channels, indices + x * w->channels);
    }
}

// The positions [*first, *end), along one axis, of the windows that cover `element`.
static inline void covering(size_t element, size_t kernel, size_t stride, size_t before, size_t count, size_t *first,
                            size_t *end) {
    const size_t shifted = element + before;
    *first = shifted < kernel ? 0 : (shifted - kernel) / stride + 1;
    *end = shifted / stride + 1;
    if (*end > count) *end = count;
}

void engine_max_pool_gradient_line(const engine_kernels *kernels, const engine_window *w, const float *gradient,
                                   const uint8_t *indices, size_t frame, size_t line, float *destination,
                                   int accumulate) {
    size_t t0, t1, y0, y1;
    covering(frame, w->kernel_frames, w->stride_frames, w->before_frames, w->out_frames, &t0, &t1);
    covering(line, w->kernel_height, w->stride_height, w->before_height, w->out_height, &y0, &y1);
    for (size_t i = 0; i < w->width; i++) {
        size_t x0, x1;
        covering(i, w->kernel_width, w->stride_width, w->before_width, w->out_width, &x0, &x1);
        const float *gradients[MAXIMUM_TAPS];
        const uint8_t *winners[MAXIMUM_TAPS];
        uint8_t codes[MAXIMUM_TAPS];
        size_t count = 0;
        for (size_t t = t0; t < t1; t++) {
            const size_t kt = frame + w->before_frames - t * w->stride_frames;
            for (size_t y = y0; y < y1; y++) {
                const size_t kh = line + w->before_height - y * w->stride_height;
                for (size_t x = x0; x < x1; x++) {
                    const size_t kw = i + w->before_width - x * w->stride_width;
                    const size_t row = ((t * w->out_height + y) * w->out_width + x) * w->channels;
                    gradients[count] = gradient + row;
                    winners[count] = indices + row;
                    codes[count++] = (uint8_t)((kt * w->kernel_height + kh) * w->kernel_width + kw);
                }
            }
        }
        kernels->sum_of_winners(count, w->channels, gradients, winners, codes, destination + i * w->channels,
                                accumulate);
    }
}
