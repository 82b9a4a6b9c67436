// Helpers of the kernels' tests: inputs, memory that detects access beyond its end, comparisons and digests.
#ifndef SALIENCYD_KERNEL_TESTS_H
#define SALIENCYD_KERNEL_TESTS_H

#include "isa.h"

// ---- Inputs: the same on every machine. ----

uint32_t random_bits(void);
void random_seed(uint32_t seed);
size_t random_below(size_t bound);

// Memory of `bytes` bytes followed by a protected page: reading or writing beyond its end crashes the program. Its
// alignment depends on the size; memory that must be aligned to a cache line comes from `new_aligned`, which has no
// such page. Never freed.
void *new_guarded(size_t bytes);
void *new_aligned(size_t bytes);

// Values of about -1...1 with few bits, so that sums have ties and zeros.
float *random_floats(size_t count);
float *random_aligned_floats(size_t count);
// The same, including zeros of both signs, infinities, NaN and subnormal numbers.
float *special_floats(size_t count);
uint8_t *random_bytes(size_t count);
// A copy in new memory.
void *copy_of(const void *source, size_t bytes);
// Values that no kernel writes, to detect what was not written.
float *untouched_floats(size_t count);
uint8_t *untouched_bytes(size_t count);

// ---- Results ----

// Calls `body` with each instruction set that this CPU can run, the scalar one first.
void for_each_isa(void (*body)(saliency_isa isa));

// Stores the scalar variant's result under `name` and adds it to the digest of `group`; compares the results of other
// variants with it. Counts and reports a failure at the first byte that differs.
void check_bytes(saliency_isa isa, const char *group, const char *name, const void *result, size_t bytes);
// In the digest all NaNs are the same, because the NaN of a sum differs between CPUs; variants are compared bit by bit.
void check_floats(saliency_isa isa, const char *group, const char *name, const float *result, size_t count);
void check_that(int holds, const char *what);

// Prints "group digest" for every group, on standard output; returns the number of failures.
int finish_checks(void);

// ---- Tests ----

void test_isa(void);
void test_elementwise(void);
void test_convolution(void);
void test_stem(void);
void test_products(void);
void test_windows(void);
void test_flat_outputs(void);
void test_head(void);
void test_overlay(void);
void test_heat(void);
void test_bytes(void);
void test_frames(void);

#endif
