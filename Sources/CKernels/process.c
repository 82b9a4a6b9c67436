#define _GNU_SOURCE
#include "CKernels.h"

#include <malloc.h>
#include <sched.h>
#include <unistd.h>

int engine_usable_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    // The machine has more cores than the mask has bits.
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

void engine_trim_memory(void) { malloc_trim(0); }

void engine_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }
