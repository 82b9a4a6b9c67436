// Patches of a sliding window as rows of a matrix, and the transpose.
#include "CKernels.h"

#include <string.h>

// The part [*from, *to) of a kernel of `size` elements that lies on [0, extent) when its first element is at `start`.
static inline void clip(ptrdiff_t start, size_t size, size_t extent, size_t *from, size_t *to) {
    ptrdiff_t first = start < 0 ? -start : 0;
    ptrdiff_t end = (ptrdiff_t)extent - start;
    if (end > (ptrdiff_t)size) end = (ptrdiff_t)size;
    if (end < first) end = first;
    *from = (size_t)first;
    *to = (size_t)end;
}

void engine_gather_patches(const engine_window *w, const float *source, size_t first_row, size_t rows,
                           size_t first_line, size_t lines, float *patches) {
    const size_t channels = w->channels, segment = w->kernel_width * channels, stride = lines * segment;
    size_t row = 0;
    while (row < rows) {
        // The positions of one line of the output read the same source lines.
        const size_t position = first_row + row;
        const size_t x0 = position % w->out_width;
        const size_t y = position / w->out_width % w->out_height;
        const size_t t = position / w->out_width / w->out_height;
        size_t count = w->out_width - x0;
        if (count > rows - row) count = rows - row;
        for (size_t line = 0; line < lines; line++) {
            const size_t kt = (first_line + line) / w->kernel_height, kh = (first_line + line) % w->kernel_height;
            const ptrdiff_t frame = (ptrdiff_t)(t * w->stride_frames + kt) - (ptrdiff_t)w->before_frames;
            const ptrdiff_t height = (ptrdiff_t)(y * w->stride_height + kh) - (ptrdiff_t)w->before_height;
            float *to = patches + row * stride + line * segment;
            if (frame < 0 || frame >= (ptrdiff_t)w->frames || height < 0 || height >= (ptrdiff_t)w->height) {
                for (size_t i = 0; i < count; i++, to += stride) memset(to, 0, segment * sizeof(float));
                continue;
            }
            const float *from = source + ((size_t)frame * w->height + (size_t)height) * w->width * channels;
            for (size_t i = 0; i < count; i++, to += stride) {
                const ptrdiff_t start = (ptrdiff_t)((x0 + i) * w->stride_width) - (ptrdiff_t)w->before_width;
                size_t first, end;
                clip(start, w->kernel_width, w->width, &first, &end);
                if (first > 0) memset(to, 0, first * channels * sizeof(float));
                memcpy(to + first * channels, from + (start + (ptrdiff_t)first) * (ptrdiff_t)channels,
                       (end - first) * channels * sizeof(float));
                if (end < w->kernel_width)
                    memset(to + end * channels, 0, (w->kernel_width - end) * channels * sizeof(float));
            }
        }
        row += count;
    }
}

void engine_scatter_patches(const engine_kernels *kernels, const engine_window *w, const float *patches, size_t first,
                            size_t lines, float *frame) {
    const size_t channels = w->channels, segment = w->kernel_width * channels, stride = w->kernel_height * segment;
    for (size_t line = 0; line < lines; line++) {
        for (size_t kh = 0; kh < w->kernel_height; kh++) {
            const ptrdiff_t height = (ptrdiff_t)((first + line) * w->stride_height + kh) - (ptrdiff_t)w->before_height;
            if (height < 0 || height >= (ptrdiff_t)w->height) continue;
            float *to = frame + (size_t)height * w->width * channels;
            const float *from = patches + line * w->out_width * stride + kh * segment;
            for (size_t x = 0; x < w->out_width; x++, from += stride) {
                const ptrdiff_t start = (ptrdiff_t)(x * w->stride_width) - (ptrdiff_t)w->before_width;
                size_t begin, end;
                clip(start, w->kernel_width, w->width, &begin, &end);
                kernels->add((end - begin) * channels, from + begin * channels,
                             to + (start + (ptrdiff_t)begin) * (ptrdiff_t)channels);
            }
        }
    }
}
