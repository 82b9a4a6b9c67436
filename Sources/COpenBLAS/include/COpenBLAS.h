// OpenBLAS, which is loaded only when it is used: it starts a thread for each core and takes memory as soon as it is
// loaded, also in processes that never call it. docs/decisions/0006-openblas-when-needed.md
#ifndef SALIENCYD_COPENBLAS_H
#define SALIENCYD_COPENBLAS_H

#include <stddef.h>

// Loads the library at the first call, and makes it compute on the caller's thread alone. Returns NULL, or why it
// cannot be used; the text lives as long as the process. Thread-safe. The other functions may be called only after it
// has returned NULL, by one thread at a time, since not every build of the library allows more.
const char *saliency_openblas_load(void);

// c[rows, columns] = op(a)[rows, inner] · op(b)[inner, columns] + keep · c. All are row-major without gaps; op
// transposes if its flag is not 0. keep = 0 does not read c.
void saliency_openblas_multiply(int rows, int columns, int inner, const double *a, int is_a_transposed, const double *b,
                                int is_b_transposed, double keep, double *c);

// The sum of x[i] · y[i].
double saliency_openblas_dot(int count, const double *x, const double *y);

// y[i] += factor · x[i].
void saliency_openblas_add(int count, double factor, const double *x, double *y);

#endif
