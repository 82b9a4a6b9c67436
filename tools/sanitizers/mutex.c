// Tells ThreadSanitizer what it cannot see of Swift's Mutex. On Linux a Mutex that nobody holds is taken by an atomic
// operation in the code that uses it, which is instrumented; one that is held is taken and given back by the kernel
// (FUTEX_LOCK_PI), called from libswiftSynchronization.so, which is not. Without this file, what two threads do one
// after the other, each while it holds the Mutex, is reported as a race wherever one had to wait.
//
// tools/sanitize.sh links it before that library, so that these functions are called instead of the library's and call
// them. A suppression would hide real races too: those of two accesses of which only one is made under the lock.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

// Absent in what is linked without the sanitizer: tools that run while the package is built.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

// Swift passes `self`, whose first member is the futex, as the context.
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT bool try_lock_slow(SELF void *mutex) __asm__(TRY_LOCK);
SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK);

// What is called by a name that the library exports is in the library.
static void *of_library(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();
    return function;
}

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
    ((SWIFT void (*)(uint32_t, SELF void *))of_library(LOCK))(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT bool try_lock_slow(SELF void *mutex) {
    const bool is_locked = ((SWIFT bool (*)(SELF void *))of_library(TRY_LOCK))(mutex);
    if (is_locked && __tsan_acquire) __tsan_acquire(mutex);
    return is_locked;
}

SWIFT void unlock_slow(SELF void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    ((SWIFT void (*)(SELF void *))of_library(UNLOCK))(mutex);
}
