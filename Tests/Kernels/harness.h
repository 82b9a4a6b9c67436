// What the tests of the kernels share: inputs, memory that tells of access beyond its end, comparisons and digests.
#ifndef SALIENCYD_KERNEL_TESTS_H
#define SALIENCYD_KERNEL_TESTS_H

#include "isa.h"

// ---- Inputs: the same on every machine. ----

uint32_t random_bits(void);
void random_seed(uint32_t seed);
size_t random_below(size_t bound);

// Memory of `bytes` bytes that ends at a page which may not be touched: reading or writing beyond it ends the program.
// Aligned as the bytes allow; what has to lie on a cache line comes from `new_aligned`, without such a page. Never
// freed.
void *new_guarded(size_t bytes);
void *new_aligned(size_t bytes);

// Values of about -1...1 with few bits, so that sums have ties and zeros.
float *random_floats(size_t count);
float *random_aligned_floats(size_t count);
// The same with zeros of both signs, infinities, NaN and subnormal numbers among them.
float *special_floats(size_t count);
uint8_t *random_bytes(size_t count);
// A copy in memory of its own.
void *copy_of(const void *source, size_t bytes);
// What no kernel writes by itself, to see what was not written.
float *untouched_floats(size_t count);
uint8_t *untouched_bytes(size_t count);

// ---- Results ----

// The variants to hold against the scalar one: calls `body` with each that this CPU runs, the scalar one first.
void for_each_isa(void (*body)(saliency_isa isa));

// Remembers what the scalar variant gave for what is called `name`, adding it to the digest of `group`; and compares
// with that what any other variant gives. Counts a failure, and says so, at the first byte that differs.
void check_bytes(saliency_isa isa, const char *group, const char *name, const void *result, size_t bytes);
// In the digest every NaN is the same, because which one a sum makes differs by CPU; variants are compared to the bit.
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
