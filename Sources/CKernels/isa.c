// The table of instruction sets and variants, the detection of the CPU's features, and the override.
#include "isa.h"

#include <stdlib.h>
#include <string.h>

#include "engine/engine_variants.h"
#include "overlay/overlay_variants.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

// An instruction set: the CPU features that it needs, and its variants. `engine` is NULL if this build does not have
// it.
typedef struct variant_set {
    const char *name;
    unsigned needs;
    const engine_kernels *engine;
    // If NULL, or if the CPU does not have `overlay_needs`, the overlay of the next narrower set is used.
    const saliency_overlay_kernels *overlay;
    unsigned overlay_needs;
} variant_set;

static const variant_set sets[SALIENCY_ISA_COUNT] = {
    [SALIENCY_ISA_SCALAR] = {.name = "scalar",
                             .engine = &engine_scalar_kernels,
                             .overlay = &saliency_overlay_scalar_kernels},
#if defined(__aarch64__)
    // The compiler vectorises the overlay's scalar loops for NEON.
    [SALIENCY_ISA_NEON] = {.name = "neon", .needs = CPU_NEON, .engine = &engine_neon_kernels},
#else
    [SALIENCY_ISA_NEON] = {.name = "neon"},
#endif
#if defined(__x86_64__)
    [SALIENCY_ISA_AVX2] = {.name = "avx2",
                           .needs = CPU_AVX2,
                           .engine = &engine_avx2_kernels,
                           .overlay = &saliency_overlay_avx2_kernels},
    // Skylake-X has no VBMI: there the engine uses AVX-512, the overlay AVX2.
    [SALIENCY_ISA_AVX512] = {.name = "avx512",
                             .needs = CPU_AVX512,
                             .engine = &engine_avx512_kernels,
                             .overlay = &saliency_overlay_avx512_kernels,
                             .overlay_needs = CPU_VBMI},
#else
    [SALIENCY_ISA_AVX2] = {.name = "avx2"},
    [SALIENCY_ISA_AVX512] = {.name = "avx512"},
#endif
};

static unsigned detect(void) {
    unsigned features = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse4.2")) features |= CPU_SSE42;
    // Leaf 7, EBX bit 29; clang's __builtin_cpu_supports does not know the name.
    unsigned eax, ebx, ecx, edx;
    if (__builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx >> 29 & 1))
        features |= CPU_SHA;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) features |= CPU_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma"))
        features |= CPU_AVX512;
    if (__builtin_cpu_supports("avx512vbmi")) features |= CPU_VBMI;
#elif defined(__aarch64__)
    features |= CPU_NEON;
#endif
    return features;
}

static bool is_available(saliency_isa isa, unsigned features) {
    // A caller may pass a value outside the enum.
    if ((unsigned)isa >= SALIENCY_ISA_COUNT) return false;
    return sets[isa].engine && (features & sets[isa].needs) == sets[isa].needs;
}

const engine_kernels *saliency_engine_variant(saliency_isa isa, unsigned features) {
    return is_available(isa, features) ? sets[isa].engine : NULL;
}

const saliency_overlay_kernels *saliency_overlay_variant(saliency_isa isa, unsigned features) {
    if (!is_available(isa, features)) return NULL;
    for (unsigned i = isa; i > SALIENCY_ISA_SCALAR; i--) {
        const bool runs = (features & sets[i].overlay_needs) == sets[i].overlay_needs;
        if (is_available((saliency_isa)i, features) && sets[i].overlay && runs) return sets[i].overlay;
    }
    return sets[SALIENCY_ISA_SCALAR].overlay;
}

saliency_isa saliency_widest_isa(unsigned features) {
    unsigned isa = SALIENCY_ISA_COUNT - 1;
    while (!is_available((saliency_isa)isa, features)) isa--;
    return (saliency_isa)isa;
}

static unsigned features;
static saliency_isa preferred;

// Runs before main, so that no thread sees these change or changes the environment in the meantime.
__attribute__((constructor)) static void choose(void) {
    features = detect();
    preferred = saliency_widest_isa(features);
    const char *requested = getenv("SALIENCYD_ISA");
    for (unsigned isa = 0; requested && isa < SALIENCY_ISA_COUNT; isa++)
        if (strcmp(requested, sets[isa].name) == 0 && is_available((saliency_isa)isa, features))
            preferred = (saliency_isa)isa;
}

unsigned saliency_cpu_features(void) { return features; }

bool saliency_has_sse42(void) { return features & CPU_SSE42; }
bool saliency_has_sha(void) { return features & CPU_SHA; }

bool saliency_uses(unsigned feature) { return preferred != SALIENCY_ISA_SCALAR && (features & feature) == feature; }

const char *saliency_isa_name(saliency_isa isa) { return (unsigned)isa < SALIENCY_ISA_COUNT ? sets[isa].name : "?"; }
bool saliency_isa_is_available(saliency_isa isa) { return is_available(isa, features); }
saliency_isa saliency_isa_preferred(void) { return preferred; }

const engine_kernels *engine_kernels_for(saliency_isa isa) { return saliency_engine_variant(isa, features); }
const saliency_overlay_kernels *saliency_overlay_kernels_for(saliency_isa isa) {
    return saliency_overlay_variant(isa, features);
}
