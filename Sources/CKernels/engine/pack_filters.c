// Filters for products of rows, packed once.
#include "CKernels.h"

size_t engine_packed_floats(size_t depth, size_t columns) { return depth * ((columns + 15) / 16 * 16); }

void engine_pack_filters(size_t depth, size_t columns, const float *filters, size_t stride, size_t column_stride,
                         float *packed) {
    for (size_t n = 0; n < columns;) {
        const size_t width = winograd_panel(columns, n);
        for (size_t k = 0; k < depth; k++)
            for (size_t c = 0; c < width; c++)
                packed[k * width + c] = n + c < columns ? filters[k * stride + (n + c) * column_stride] : 0;
        packed += depth * width;
        n += width;
    }
}
