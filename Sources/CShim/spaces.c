#define _GNU_SOURCE
#include "child.h"
#include "shim.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) { return lodestar_milliseconds(CLOCK_MONOTONIC); }

// In the child, which may outlive the parent and holds nothing of it: writes one answer after the other.
static _Noreturn void ask(const char *const *paths, size_t count, int output) {
    dup2(output, 0);
    syscall(SYS_close_range, 1U, ~0U, 0U);
    if (chdir("/") < 0) _exit(1);
    for (size_t index = 0; index < count; index++) {
        struct lodestar_space answer = {0};
        struct statvfs status;
        if (statvfs(paths[index], &status) == 0) {
            answer.is_known = 1;
            answer.total = (uint64_t)status.f_blocks * status.f_frsize;
            answer.available = (uint64_t)status.f_bavail * status.f_frsize;
        }
        if (write(0, &answer, sizeof answer) != sizeof answer) _exit(1);
    }
    _exit(0);
}

// Reads the answers of one child until it is silent for too long. Returns how many there were.
static size_t hear(int input, size_t count, int64_t each, int64_t deadline, struct lodestar_space *answers) {
    size_t done = 0;
    while (done < count) {
        struct pollfd wait = {.fd = input, .events = POLLIN};
        int64_t left = deadline - now();
        int ready = poll(&wait, 1, left < 0 ? 0 : left < each ? (int)left : (int)each);
        if (ready < 0 && errno == EINTR) continue;
        // Less than PIPE_BUF: whole or not at all.
        if (ready <= 0 || read(input, &answers[done], sizeof *answers) != sizeof *answers) break;
        done++;
    }
    return done;
}

void lodestar_ask_spaces(const char *const *paths, size_t count, int64_t each, int64_t all, struct lodestar_space *answers) {
    memset(answers, 0, count * sizeof *answers);
    int64_t deadline = now() + all;
    size_t done = 0;
    while (done < count && now() < deadline) {
        int pipes[2];
        if (pipe(pipes) < 0) return;
        pid_t process = fork();
        if (process == 0) ask(paths + done, count - done, pipes[1]);
        close(pipes[1]);
        if (process < 0) {
            close(pipes[0]);
            return;
        }
        done += hear(pipes[0], count - done, each, deadline, answers + done);
        close(pipes[0]);
        int is_whole = done == count;
        // A child that waits in the kernel does not even die: do not wait for it.
        if (!is_whole) kill(process, SIGKILL);
        waitpid(process, NULL, is_whole ? 0 : WNOHANG);
        if (!is_whole) memset(&answers[done++], 0, sizeof *answers);
    }
}
