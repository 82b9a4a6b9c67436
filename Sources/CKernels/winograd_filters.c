// Filters of Winograd convolution, transformed once.
#include "CKernels.h"

#include "winograd_transforms.h"

size_t engine_winograd_filter_floats(size_t in_channels, size_t out_channels) {
    return WINOGRAD_PRODUCTS * in_channels * ((out_channels + 15) / 16 * 16);
}

// One filter, [3][3][3] -> [6][6][6], the last axis (time) innermost as the products are numbered.
static void transform(const double taps[3][3][3], float products[WINOGRAD_PRODUCTS]) {
    double time[6][3][3], lines[6][6][3];
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            const double g[3] = {taps[0][i][j], taps[1][i][j], taps[2][i][j]};
            double u[6];
            winograd_filter(g, u);
            for (int k = 0; k < 6; k++) time[k][i][j] = u[k];
        }
    }
    for (int k = 0; k < 6; k++) {
        for (int j = 0; j < 3; j++) {
            const double g[3] = {time[k][0][j], time[k][1][j], time[k][2][j]};
            double u[6];
            winograd_filter(g, u);
            for (int i = 0; i < 6; i++) lines[k][i][j] = u[i];
        }
        for (int i = 0; i < 6; i++) {
            double u[6];
            winograd_filter(lines[k][i], u);
            for (int j = 0; j < 6; j++) products[(i * 6 + j) * 6 + k] = (float)u[j];
        }
    }
}

void engine_winograd_filters(size_t in_channels, size_t out_channels, const float *filters, int transposed,
                             float *transformed) {
    for (size_t first = 0; first < out_channels;) {
        const size_t width = winograd_panel(out_channels, first);
        for (size_t c = 0; c < in_channels; c++) {
            for (size_t column = 0; column < width; column++) {
                const size_t n = first + column;
                float products[WINOGRAD_PRODUCTS] = {0};
                if (n < out_channels) {
                    double taps[3][3][3];
                    for (size_t tap = 0; tap < 27; tap++) {
                        const float value = transposed ? filters[((26 - tap) * out_channels + n) * in_channels + c]
                                                       : filters[(tap * in_channels + c) * out_channels + n];
                        taps[tap / 9][tap / 3 % 3][tap % 3] = (double)value;
                    }
                    transform(taps, products);
                }
                for (size_t p = 0; p < WINOGRAD_PRODUCTS; p++)
                    transformed[(p * in_channels + c) * width + column] = products[p];
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
