// What the kernel says of its own wall clock.
#ifndef SALIENCYD_CCLOCK_H
#define SALIENCYD_CCLOCK_H

/// Whether something keeps the kernel's wall clock to a time from outside (adjtimex(2): neither STA_UNSYNC nor
/// TIME_ERROR).
///
/// `seconds` becomes what that clock says, in seconds since 1970, which a process may have been made to see otherwise.
/// False where the kernel does not say.
_Bool saliency_kernel_clock_is_synchronised(double *seconds);

#endif
