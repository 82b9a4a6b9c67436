#define _GNU_SOURCE
#include "CCrash.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

// Swift's traps are SIGILL or SIGTRAP, FFmpeg's assertions and systemd's watchdog SIGABRT.
static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
enum { signal_count = sizeof signals / sizeof *signals };

static struct sigaction previous[signal_count];
static atomic_int note_descriptor = -1;

// The action before ours: the default, or that of Swift's runtime, which prints a backtrace before the process ends.
static const struct sigaction *previous_action(int number) {
    for (size_t index = 0; index < signal_count; index++)
        if (signals[index] == number) return &previous[index];
    return NULL;
}

// Calls only functions listed in signal-safety(7).
static void note_crash(int number, siginfo_t *info, void *context) {
    (void)context;
    const int saved_errno = errno;
    const char line[3] = {(char)('0' + number / 10), (char)('0' + number % 10), '\n'};
    // Errors cannot be handled here.
    if (write(note_descriptor, line, sizeof line) == sizeof line) fsync(note_descriptor);
    // The previous action is only restored now: otherwise another thread that crashes in the meantime would end the
    // process.
    if (info->si_code > 0 && number != SIGTRAP) {
        // A fault happens again at the same place when this function returns.
        sigaction(number, previous_action(number), NULL);
    } else {
        // The signal was sent by abort() or another process, or the program would continue after it. Swift's runtime
        // would let it continue, so the default action is used. The raised signal is delivered when this function
        // returns, so that a core dump shows where the thread was.
        struct sigaction end = {.sa_handler = SIG_DFL};
        sigaction(number, &end, NULL);
        raise(number);
    }
    errno = saved_errno;
}

void saliency_note_crashes(int descriptor) {
    note_descriptor = descriptor;
    saliency_use_crash_stack();
    for (size_t index = 0; index < signal_count; index++) {
        sigaction(signals[index], NULL, &previous[index]);
        if (previous[index].sa_handler == SIG_IGN) continue;
        struct sigaction action = {.sa_sigaction = note_crash, .sa_flags = SA_ONSTACK | SA_SIGINFO};
        sigemptyset(&action.sa_mask);
        sigaction(signals[index], &action, NULL);
    }
}

// In bytes; far more than a handler and the registers of any CPU need.
enum { stack_size = 64 << 10 };

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static atomic_bool has_key;

static void free_stack(void *stack) {
    const stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&none, NULL);
    munmap(stack, stack_size);
}

static void make_key(void) { has_key = pthread_key_create(&key, free_stack) == 0; }

void saliency_use_crash_stack(void) {
    pthread_once(&key_once, make_key);
    stack_t present;
    // If the thread already has an alternative stack, it is kept.
    if (!has_key || sigaltstack(NULL, &present) != 0 || !(present.ss_flags & SS_DISABLE)) return;
    void *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED) return;
    const stack_t alternative = {.ss_sp = stack, .ss_size = stack_size};
    // The key frees it when the thread ends.
    if (pthread_setspecific(key, stack) != 0)
        munmap(stack, stack_size);
    else if (sigaltstack(&alternative, NULL) != 0) {
        pthread_setspecific(key, NULL);
        munmap(stack, stack_size);
    }
}
