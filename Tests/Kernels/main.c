// Tests of the kernels without Swift, for machines on which Swift does not run: every variant that this CPU can run is
// compared bit by bit with the scalar one, and the digests of the scalar results must be the same on every machine.
// tools/test_kernels.sh builds and runs it, here and for aarch64.
#include "harness.h"

#include <stdio.h>

int main(void) {
    test_isa();
    test_elementwise();
    test_convolution();
    test_stem();
    test_products();
    test_windows();
    test_flat_outputs();
    test_head();
    test_overlay();
    test_heat();
    test_bytes();
    test_frames();
    const int failures = finish_checks();
    fprintf(stderr, "kernels: %d failures; compared:", failures);
    for (unsigned isa = 0; isa < SALIENCY_ISA_COUNT; isa++)
        if (saliency_isa_is_available((saliency_isa)isa)) fprintf(stderr, " %s", saliency_isa_name((saliency_isa)isa));
    fprintf(stderr, "\n");
    return failures != 0;
}
