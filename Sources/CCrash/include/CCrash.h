// What has to run where a program has crashed: no Swift, no memory, no locks.
#ifndef SALIENCYD_CCRASH_H
#define SALIENCYD_CCRASH_H

/// From now on, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT and SIGTRAP are noted before they end the process as ever: two
/// digits, the signal's number, and a line feed are written to `descriptor` where it stands, and synced.
///
/// `descriptor` stays open for as long as the process lives. A signal that is ignored stays so. To be called once.
void saliency_note_crashes(int descriptor);

/// Gives the calling thread, until it ends, a second stack, on which it can still note that it used up its first.
void saliency_use_crash_stack(void);

#endif
