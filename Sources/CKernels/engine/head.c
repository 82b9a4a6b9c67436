// Small loops at the input and output of the network.
#include "CKernels.h"

#include <math.h>

void engine_weighted_sum(size_t rows, size_t channels, const float *source, const double *weights, double *sums) {
    for (size_t r = 0; r < rows; r++) {
        const float *row = source + r * channels;
        for (size_t c = 0; c < channels; c++) sums[c] += weights[r] * (double)row[c];
    }
}

void engine_outer_product(size_t rows, size_t channels, const double *weights, const double *vector,
                          float *destination) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < channels; c++) destination[r * channels + c] = (float)(weights[r] * vector[c]);
    }
}

int engine_all_finite(size_t count, const float *values) {
    // 0 * x is 0 for finite x and NaN for others; a sum keeps a NaN.
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += 0 * values[i];
    return sum == 0;
}

void engine_absolute_sum(size_t count, size_t channels, const float *source, float *sums) {
    for (size_t i = 0; i < count; i++) {
        float sum = 0;
        for (size_t c = 0; c < channels; c++) sum += fabsf(source[i * channels + c]);
        sums[i] = sum;
    }
}
