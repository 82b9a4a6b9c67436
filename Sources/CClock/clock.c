#define _GNU_SOURCE
#include "CClock.h"

#include <sys/timex.h>

_Bool saliency_kernel_clock_is_synchronised(double *seconds) {
    // With no modes, adjtimex only reads the clock's state, which needs no privilege.
    struct timex state = {0};
    int status = adjtimex(&state);
    double fraction = (double)state.time.tv_usec / ((state.status & STA_NANO) != 0 ? 1e9 : 1e6);
    *seconds = (double)state.time.tv_sec + fraction;
    return status >= 0 && status != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}
