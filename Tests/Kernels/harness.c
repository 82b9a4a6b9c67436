#define _GNU_SOURCE
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t state = 1;

void random_seed(uint32_t seed) { state = seed * 2654435761u + 1; }

// PCG32 (O'Neill, 2014), one stream.
uint32_t random_bits(void) {
    const uint64_t old = state;
    state = old * 6364136223846793005u + 1442695040888963407u;
    const uint32_t mixed = (uint32_t)((old >> 18 ^ old) >> 27), turn = (uint32_t)(old >> 59);
    return mixed >> turn | mixed << (-turn & 31);
}

size_t random_below(size_t bound) { return bound == 0 ? 0 : random_bits() % bound; }

static void *checked(void *memory) {
    if (memory == NULL || memory == MAP_FAILED) {
        fprintf(stderr, "kernel tests: out of memory\n");
        exit(2);
    }
    return memory;
}

void *new_guarded(size_t bytes) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (bytes + page - 1) / page;
    uint8_t *start =
        checked(mmap(NULL, (pages + 1) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (mprotect(start + pages * page, page, PROT_NONE) != 0) checked(NULL);
    return start + pages * page - bytes;
}

void *new_aligned(size_t bytes) { return checked(aligned_alloc(64, (bytes + 63) / 64 * 64)); }

static float random_float(void) { return (float)((int)(random_bits() >> 20) - 2048) / 2048; }

static float *fill(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] = random_float();
    return values;
}

float *random_floats(size_t count) { return fill(new_guarded(count * sizeof(float)), count); }
float *random_aligned_floats(size_t count) { return fill(new_aligned(count * sizeof(float)), count); }

float *special_floats(size_t count) {
    static const float special[6] = {0, -0.0f, __builtin_inff(), -__builtin_inff(), __builtin_nanf(""), 1e-45f};
    float *values = random_floats(count);
    for (size_t i = 3; i < count; i += 11) values[i] = special[i % 6];
    return values;
}

uint8_t *random_bytes(size_t count) {
    uint8_t *bytes = new_guarded(count);
    for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)(random_bits() >> 24);
    return bytes;
}

void *copy_of(const void *source, size_t bytes) { return memcpy(new_guarded(bytes), source, bytes); }

float *untouched_floats(size_t count) {
    float *values = new_guarded(count * sizeof(float));
    for (size_t i = 0; i < count; i++) values[i] = -77;
    return values;
}

uint8_t *untouched_bytes(size_t count) { return memset(new_guarded(count), 0xEE, count); }

// ---- Results ----

void for_each_isa(void (*body)(saliency_isa isa)) {
    for (unsigned isa = 0; isa < SALIENCY_ISA_COUNT; isa++)
        if (saliency_isa_is_available((saliency_isa)isa)) body((saliency_isa)isa);
}

typedef struct group {
    const char *name;
    uint64_t digest;
} group;

typedef struct reference {
    char *name;
    void *bytes;
    size_t size;
} reference;

static group groups[32];
static size_t group_count;
static reference *references;
static size_t reference_count, reference_room;
static int failures;

// FNV-1a.
static void digest(const char *name, const uint8_t *bytes, size_t count) {
    size_t i = 0;
    while (i < group_count && strcmp(groups[i].name, name) != 0) i++;
    if (i == group_count) {
        if (i == sizeof groups / sizeof groups[0]) checked(NULL);
        groups[group_count++] = (group){name, 0xcbf29ce484222325u};
    }
    for (size_t n = 0; n < count; n++) groups[i].digest = (groups[i].digest ^ bytes[n]) * 0x100000001b3u;
}

// The newest first.
static const reference *find(const char *name) {
    for (size_t i = reference_count; i > 0; i--)
        if (strcmp(references[i - 1].name, name) == 0) return &references[i - 1];
    return NULL;
}

static void remember(const char *name, const void *result, size_t bytes) {
    if (find(name)) check_that(0, name);  // Each result needs its own name.
    if (reference_count == reference_room) {
        reference_room = 2 * reference_room + 64;
        references = checked(realloc(references, reference_room * sizeof references[0]));
    }
    references[reference_count++] =
        (reference){checked(strdup(name)), memcpy(new_aligned(bytes + 1), result, bytes), bytes};
}

static void compare(saliency_isa isa, const char *name, const void *result, size_t bytes) {
    const reference *scalar = find(name);
    if (!scalar || scalar->size != bytes) {
        check_that(0, name);
        return;
    }
    const uint8_t *a = scalar->bytes, *b = result;
    for (size_t i = 0; i < bytes; i++) {
        if (a[i] == b[i]) continue;
        fprintf(stderr, "FAILED %s: %s differs from scalar at byte %zu of %zu\n", name, saliency_isa_name(isa), i,
                bytes);
        failures++;
        return;
    }
}

void check_bytes(saliency_isa isa, const char *group, const char *name, const void *result, size_t bytes) {
    if (isa != SALIENCY_ISA_SCALAR) {
        compare(isa, name, result, bytes);
        return;
    }
    remember(name, result, bytes);
    digest(group, result, bytes);
}

void check_floats(saliency_isa isa, const char *group, const char *name, const float *result, size_t count) {
    if (isa != SALIENCY_ISA_SCALAR) {
        compare(isa, name, result, count * sizeof(float));
        return;
    }
    remember(name, result, count * sizeof(float));
    for (size_t i = 0; i < count; i++) {
        const float value = result[i] == result[i] ? result[i] : 12345;
        digest(group, (const uint8_t *)&value, sizeof value);
    }
}

void check_that(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "FAILED %s\n", what);
    failures++;
}

int finish_checks(void) {
    for (size_t i = 0; i < group_count; i++)
        printf("%-14s %016llx\n", groups[i].name, (unsigned long long)groups[i].digest);
    return failures;
}
