// The choice of variants, also for other CPUs than this one.
#include <string.h>

#include "harness.h"

static void an_isa(saliency_isa isa) {
    const engine_kernels *kernels = engine_kernels_for(isa);
    check_that(kernels && strcmp(kernels->name, saliency_isa_name(isa)) == 0, "a set's engine has the set's name");
    check_that(saliency_overlay_kernels_for(isa) != NULL, "an available set has kernels for the overlay");
}

void test_isa(void) {
    for_each_isa(an_isa);
    check_that(saliency_isa_is_available(SALIENCY_ISA_SCALAR), "the scalar variants are always available");
    check_that(saliency_isa_is_available(saliency_isa_preferred()), "the preferred set is available");
    check_that(saliency_widest_isa(0) == SALIENCY_ISA_SCALAR, "a CPU without features uses the scalar variants");
    check_that(!engine_kernels_for((saliency_isa)SALIENCY_ISA_COUNT), "no set beyond the last");
    check_that(!engine_kernels_for((saliency_isa)-1), "no set before the first");
#if defined(__x86_64__)
    const unsigned haswell = CPU_SSE42 | CPU_AVX2, skylake = haswell | CPU_AVX512, ice_lake = skylake | CPU_VBMI;
    check_that(saliency_widest_isa(CPU_SSE42) == SALIENCY_ISA_SCALAR, "SSE4.2 alone is not a set");
    check_that(saliency_widest_isa(haswell) == SALIENCY_ISA_AVX2, "Haswell uses AVX2");
    check_that(!saliency_engine_variant(SALIENCY_ISA_AVX512, haswell), "Haswell has no AVX-512");
    check_that(!saliency_overlay_variant(SALIENCY_ISA_AVX512, haswell), "Haswell has no AVX-512 for the overlay");
    const saliency_overlay_kernels *avx2 = saliency_overlay_variant(SALIENCY_ISA_AVX2, ice_lake);
    check_that(avx2 != saliency_overlay_variant(SALIENCY_ISA_SCALAR, ice_lake), "the overlay has a variant for AVX2");
    check_that(saliency_widest_isa(skylake) == SALIENCY_ISA_AVX512, "Skylake-X uses AVX-512");
    check_that(saliency_engine_variant(SALIENCY_ISA_AVX512, skylake) ==
                   saliency_engine_variant(SALIENCY_ISA_AVX512, ice_lake),
               "Skylake-X's engine is the AVX-512 one");
    check_that(saliency_overlay_variant(SALIENCY_ISA_AVX512, skylake) == avx2,
               "Skylake-X's overlay, without VBMI, is AVX2's");
    check_that(saliency_overlay_variant(SALIENCY_ISA_AVX512, ice_lake) != avx2, "with VBMI the overlay is not AVX2's");
    check_that(!saliency_engine_variant(SALIENCY_ISA_NEON, ~0u), "NEON is not available on x86-64");
#elif defined(__aarch64__)
    check_that(saliency_widest_isa(CPU_NEON) == SALIENCY_ISA_NEON, "aarch64 uses NEON");
    check_that(saliency_overlay_variant(SALIENCY_ISA_NEON, CPU_NEON) == &saliency_overlay_scalar_kernels,
               "aarch64's overlay is the scalar one");
    check_that(!saliency_engine_variant(SALIENCY_ISA_AVX512, ~0u), "AVX-512 is not available on aarch64");
#endif
}
