#define _GNU_SOURCE
#include "process.h"
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

void lodestar_ignore_full_files(void) { signal(SIGXFSZ, SIG_IGN); }

// Interrupts: one process, one handler.

static volatile sig_atomic_t interrupt = 0;
static volatile sig_atomic_t group = 0;
static int interrupt_pipe[2] = {-1, -1};

static void hear(int number) {
    if (interrupt) {
        if (group > 0) kill(-(pid_t)group, SIGKILL);
        _exit(128 + number);
    }
    interrupt = number;
    int saved = errno;
    if (write(interrupt_pipe[1], "", 1) < 0) {
        // The number alone tells it then, a moment later.
    }
    errno = saved;
}

int lodestar_interrupts_watch(void) {
    if (pipe2(interrupt_pipe, O_CLOEXEC | O_NONBLOCK) < 0) return -errno;
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    for (int index = 0; index < 3; index++) {
        struct sigaction old, action = {.sa_handler = hear, .sa_flags = SA_RESTART};
        // What nohup(1) had ignored stays ignored.
        if (sigaction(numbers[index], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
        sigaction(numbers[index], &action, NULL);
        // A parent may have left them blocked.
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, numbers[index]);
        sigprocmask(SIG_UNBLOCK, &one, NULL);
    }
    return 0;
}

int lodestar_interrupt(void) { return interrupt; }

int lodestar_interrupt_descriptor(void) { return interrupt_pipe[0]; }

void lodestar_attend_group(pid_t process) { group = process; }
