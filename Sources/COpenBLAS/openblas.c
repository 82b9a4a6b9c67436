#include "COpenBLAS.h"

#include <cblas.h>
#include <dlfcn.h>
#include <stdio.h>
#include <threads.h>

// Sizes are passed as int, which is what the library's builds for 32-bit indices take.
_Static_assert(sizeof(blasint) == sizeof(int), "cblas.h is of a build for 64-bit indices");

// The name with which Debian's three builds of the library (pthread, openmp, serial) are found.
static const char name[] = "libopenblas.so.0";

// The types are those of the library's own header.
static __typeof__(&cblas_dgemm) multiply;
static __typeof__(&cblas_ddot) dot;
static __typeof__(&cblas_daxpy) add;

static once_flag once = ONCE_FLAG_INIT;
static char failure[512];

static void load(void) {
    // RTLD_LOCAL: other libraries keep the BLAS that they are linked with.
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library != NULL) {
        __typeof__(&openblas_set_num_threads) set_threads =
            (__typeof__(set_threads))dlsym(library, "openblas_set_num_threads");
        multiply = (__typeof__(multiply))dlsym(library, "cblas_dgemm");
        dot = (__typeof__(dot))dlsym(library, "cblas_ddot");
        add = (__typeof__(add))dlsym(library, "cblas_daxpy");
        if (set_threads != NULL && multiply != NULL && dot != NULL && add != NULL) {
            // One thread adds in one order, however many there may be.
            set_threads(1);
            return;
        }
    }
    const char *reason = dlerror();
    snprintf(failure, sizeof failure, "%s", reason != NULL ? reason : "a function is missing");
}

const char *saliency_openblas_load(void) {
    call_once(&once, load);
    return failure[0] == 0 ? NULL : failure;
}

void saliency_openblas_multiply(int rows, int columns, int inner, const double *a, int is_a_transposed, const double *b,
                                int is_b_transposed, double keep, double *c) {
    multiply(CblasRowMajor, is_a_transposed ? CblasTrans : CblasNoTrans, is_b_transposed ? CblasTrans : CblasNoTrans,
             rows, columns, inner, 1, a, is_a_transposed ? rows : inner, b, is_b_transposed ? inner : columns, keep, c,
             columns);
}

double saliency_openblas_dot(int count, const double *x, const double *y) { return dot(count, x, 1, y, 1); }

void saliency_openblas_add(int count, double factor, const double *x, double *y) { add(count, factor, x, 1, y, 1); }
