// Filters of Winograd convolution, transformed once.
#include "CKernels.h"

// The same element of 16 filters.
typedef double wide __attribute__((vector_size(128)));
typedef float narrow __attribute__((vector_size(64), aligned(4), may_alias));
#define WINOGRAD_WIDE wide
#include "winograd_transforms.h"

size_t engine_winograd_filter_floats(size_t in_channels, size_t out_channels) {
    return WINOGRAD_PRODUCTS * in_channels * ((out_channels + 15) / 16 * 16);
}

// 16 filters, [3][3][3] -> [6][6][6], the first axis (time) innermost as the products are numbered; `stride` floats lie
// between two products.
static void transform(const wide taps[3][3][3], size_t stride, float *products) {
    wide time[6][3][3], lines[6][6][3];
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            const wide g[3] = {taps[0][i][j], taps[1][i][j], taps[2][i][j]};
            wide u[6];
            winograd_filter(g, u);
            for (int k = 0; k < 6; k++) time[k][i][j] = u[k];
        }
    }
    for (int k = 0; k < 6; k++) {
        for (int j = 0; j < 3; j++) {
            const wide g[3] = {time[k][0][j], time[k][1][j], time[k][2][j]};
            wide u[6];
            winograd_filter(g, u);
            for (int i = 0; i < 6; i++) lines[k][i][j] = u[i];
        }
        for (int i = 0; i < 6; i++) {
            wide u[6];
            winograd_filter(lines[k][i], u);
            for (int j = 0; j < 6; j++)
                *(narrow *)(products + (size_t)((i * 6 + j) * 6 + k) * stride) = __builtin_convertvector(u[j], narrow);
        }
    }
}

void engine_winograd_filters(size_t in_channels, size_t out_channels, const float *filters, int transposed,
                             float *transformed) {
    for (size_t first = 0; first < out_channels;) {
        const size_t width = winograd_panel(out_channels, first);
        for (size_t c = 0; c < in_channels; c++) {
            for (size_t column = 0; column < width; column += 16) {
                wide taps[3][3][3] = {0};
                for (size_t tap = 0; tap < 27; tap++) {
                    for (size_t lane = 0; lane < 16 && first + column + lane < out_channels; lane++) {
                        const size_t n = first + column + lane;
                        const float value = transposed ? filters[((26 - tap) * out_channels + n) * in_channels + c]
                                                       : filters[(tap * in_channels + c) * out_channels + n];
                        taps[tap / 9][tap / 3 % 3][tap % 3][lane] = (double)value;
                    }
                }
                transform(taps, in_channels * width, transformed + c * width + column);
            }
        }
        transformed += WINOGRAD_PRODUCTS * in_channels * width;
        first += width;
    }
}

size_t engine_winograd_tiles(const engine_winograd *w) {
    return winograd_tiles(w->frames) * winograd_tiles(w->height) * winograd_tiles(w->width);
}

size_t engine_winograd_scratch_floats(const engine_winograd *w) {
    const size_t depth = (w->in_channels + 15) / 16 * 16;
    return WINOGRAD_PRODUCTS * (WINOGRAD_ROWS * (depth + WINOGRAD_WIDEST_PANEL) + 2 * 16);
}
