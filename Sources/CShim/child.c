#define _GNU_SOURCE
#include "child.h"
#include "shim.h"

#include <stddef.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int64_t lodestar_milliseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int lodestar_has_ended(pid_t process) {
    siginfo_t info = {.si_pid = 0};
    for (;;) {
        if (waitid(P_PID, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT) == 0) return info.si_pid != 0;
        if (errno != EINTR) return 1;
    }
}

int lodestar_open_nothing(void) {
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return input >= 0 ? input : memfd_create("nothing", MFD_CLOEXEC);
}

void lodestar_reset_signals(void) {
    for (int number = 1; number < 65; number++) syscall(SYS_rt_sigaction, number, &(long[4]){0}, NULL, 8);
}

void lodestar_unblock_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
}

int lodestar_take_identity(uint32_t uid, uint32_t gid, const gid_t *groups, size_t group_count) {
    if (geteuid() != 0 && uid == geteuid()) return 0;
    if (syscall(SYS_setgroups, group_count, groups) < 0) return -1;
    if (syscall(SYS_setresgid, gid, gid, gid) < 0) return -1;
    return (int)syscall(SYS_setresuid, uid, uid, uid);
}

static const char search_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const char *lodestar_search_path(void) { return search_path; }

void lodestar_execute(const char *const *arguments, const char *const *environment) {
    const char *name = arguments[0];
    if (strchr(name, '/')) {
        execve(name, (char *const *)arguments, (char *const *)environment);
        return;
    }
    size_t length = strlen(name);
    char path[512];
    int kept = ENOENT;
    for (const char *directory = search_path; *directory;) {
        size_t prefix = strcspn(directory, ":");
        if (prefix + 1 + length >= sizeof path) break;
        memcpy(path, directory, prefix);
        path[prefix] = '/';
        memcpy(path + prefix + 1, name, length + 1);
        directory += prefix + (directory[prefix] == ':');
        execve(path, (char *const *)arguments, (char *const *)environment);
        if (errno != ENOENT && errno != ENOTDIR) kept = errno;
    }
    errno = kept;
}
