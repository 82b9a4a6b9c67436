// The state of the kernel's wall clock.
#ifndef SALIENCYD_CCLOCK_H
#define SALIENCYD_CCLOCK_H

/// Whether the kernel's wall clock is synchronised with an external time source (adjtimex(2): neither STA_UNSYNC nor
/// TIME_ERROR); false if the kernel does not report it.
///
/// Sets `seconds` to that clock's time, in seconds since 1970, which may differ from the time that the process is made
/// to see.
_Bool saliency_kernel_clock_is_synchronised(double *seconds);

#endif
