#include "engine_variants.h"

const engine_kernels *engine_kernels_for(engine_isa isa) {
    switch (isa) {
    case ENGINE_ISA_SCALAR:
        return &engine_scalar_kernels;
#if defined(__x86_64__)
    case ENGINE_ISA_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &engine_avx2_kernels : NULL;
    case ENGINE_ISA_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
                   ? &engine_avx512_kernels
                   : NULL;
#endif
    default:
        return NULL;
    }
}
