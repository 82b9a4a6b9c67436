// As many independent multiply-adds as the registers hold: measures the machine's peak speed.
#ifndef PEAK
#error "define PEAK: the kernel's name"
#endif

#include "kernel_contract.h"

KERNEL size_t PEAK(size_t rounds, float *values) {
    strip sums[ROWS][STRIPS];
    const strip left = values[0] - (strip){0}, right = values[1] - (strip){0};
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < STRIPS; j++) sums[i][j] = values[2] - (strip){0};
    for (size_t n = 0; n < rounds; n++)
#pragma clang loop unroll(full)
        for (int i = 0; i < ROWS; i++)
#pragma clang loop unroll(full)
            for (int j = 0; j < STRIPS; j++) sums[i][j] = __builtin_elementwise_fma(left, right, sums[i][j]);
    strip sum = {0};
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < STRIPS; j++) sum = sum + sums[i][j];
    values[2] = sum[0];
    return rounds * (2 * (size_t)STRIP * (size_t)STRIPS * (size_t)ROWS);
}
