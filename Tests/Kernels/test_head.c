// The loops at the input and output of the network, which have no variants: their digests must be the same on every
// machine.
#include <string.h>

#include "harness.h"

void test_head(void) {
    enum { ROWS = 9, CHANNELS = 37 };
    random_seed(30);
    const float *source = random_floats(ROWS * CHANNELS);
    double weights[ROWS], vector[CHANNELS];
    double *sums = memset(new_guarded(CHANNELS * sizeof(double)), 0, CHANNELS * sizeof(double));
    for (size_t i = 0; i < ROWS; i++) weights[i] = (double)random_below(1000) / 999;
    for (size_t i = 0; i < CHANNELS; i++) vector[i] = (double)random_below(1000) / 777;
    engine_weighted_sum(ROWS, CHANNELS, source, weights, sums);
    check_bytes(SALIENCY_ISA_SCALAR, "head", "weighted sum", sums, CHANNELS * sizeof(double));
    float *outer = untouched_floats(ROWS * CHANNELS), *absolute = untouched_floats(ROWS);
    engine_outer_product(ROWS, CHANNELS, weights, vector, outer);
    check_floats(SALIENCY_ISA_SCALAR, "head", "outer product", outer, ROWS * CHANNELS);
    engine_absolute_sum(ROWS, CHANNELS, source, absolute);
    check_floats(SALIENCY_ISA_SCALAR, "head", "absolute sum", absolute, ROWS);
    check_that(engine_all_finite(ROWS * CHANNELS, source), "finite values are finite");
    check_that(!engine_all_finite(100, special_floats(100)), "infinities are not");
    check_that(engine_usable_cores() >= 1, "there is a core");
}
