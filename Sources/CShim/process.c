#define _GNU_SOURCE
#include "process.h"
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

// A program of nobody's.

static _Noreturn void become(char *const arguments[], int report) {
    static char *const environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                                        "HOME=/root", NULL};
    int null = open("/dev/null", O_RDWR);
    for (int index = 0; null >= 0 && index < 3; index++) dup2(null, index);
    dup2(report, 3);
    fcntl(3, F_SETFD, FD_CLOEXEC);
    syscall(SYS_close_range, 4U, ~0U, 0U);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (chdir("/") == 0) execve(arguments[0], arguments, environment);
    int problem = errno;
    if (write(3, &problem, sizeof problem) < 0) _exit(126);
    _exit(127);
}

int lodestar_detach(char *const arguments[]) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0) return -errno;
    pid_t process = fork();
    if (process == 0) {
        setsid();
        pid_t child = fork();
        if (child == 0) become(arguments, report[1]);
        _exit(child < 0 ? 1 : 0);
    }
    int problem = process < 0 ? errno : 0, status = 0;
    close(report[1]);
    if (process > 0) {
        while (waitpid(process, &status, 0) < 0 && errno == EINTR) {}
        if (status != 0) problem = EAGAIN;
        // Nothing comes where the program was started.
        int said = 0;
        ssize_t count;
        while ((count = read(report[0], &said, sizeof said)) < 0 && errno == EINTR) {}
        if (count == (ssize_t)sizeof said) problem = said;
    }
    close(report[0]);
    return -problem;
}
