// Code that runs after a crash: without Swift, memory allocation and locks.
#ifndef SALIENCYD_CCRASH_H
#define SALIENCYD_CCRASH_H

/// From now on, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT and SIGTRAP are recorded before they end the process as
/// before: the signal's number in two digits and a line feed are written to `descriptor` at its current position, and
/// synced.
///
/// `descriptor` must stay open as long as the process lives. Signals that are ignored stay ignored. Call it once.
void saliency_note_crashes(int descriptor);

/// Gives the calling thread, until it ends, an alternative signal stack, on which a stack overflow can be recorded.
void saliency_use_crash_stack(void);

#endif
