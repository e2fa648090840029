// One run of the keeper: its birth, its output, its end.
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "shim.h"

enum { grandchildren_time = 1000 };

static void fail(struct birth *birth, int stage) {
    birth->failure->error = errno;
    birth->failure->stage = stage;
    _exit(127);
}

// The kernel takes 0 for the writing process itself.
static void join_cgroup(struct birth *birth) {
    if (!birth->must_join) return;
    int directory = open(birth->cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int file = directory < 0 ? -1 : openat(directory, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "0", 1) != 1) fail(birth, LODESTAR_NO_PROCESS);
}

static _Noreturn void child(struct birth *birth) {
    const struct request *request = birth->request;
    lodestar_reset_signals();
    syscall(SYS_setsid);
    if (dup2(birth->input, 0) < 0 || dup2(birth->output, 1) < 0 || dup2(birth->error_output, 2) < 0) fail(birth, LODESTAR_NO_PROCESS);
    join_cgroup(birth);
    if (birth->descriptors && syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, birth->descriptors, NULL) < 0) fail(birth, LODESTAR_NO_PROCESS);
    for (uint32_t index = 0; index < request->limit_count; index++) {
        struct rlimit limit = {.rlim_cur = request->limits[index].soft, .rlim_max = request->limits[index].hard};
        if (syscall(SYS_prlimit64, 0, request->limits[index].resource, &limit, NULL) < 0) fail(birth, LODESTAR_NO_PROCESS);
    }
    if (request->nice != 0 && syscall(SYS_setpriority, PRIO_PROCESS, 0, request->nice) < 0) fail(birth, LODESTAR_NO_PROCESS);
    if (request->io_priority != 0 && syscall(SYS_ioprio_set, 1, 0, request->io_priority) < 0) fail(birth, LODESTAR_NO_PROCESS);
    if (lodestar_take_identity(request->uid, request->gid, request->groups, request->group_count) < 0) fail(birth, LODESTAR_NO_IDENTITY);
    syscall(SYS_close_range, 3U, ~0U, 0U);
    umask(request->mask);
    if (chdir(birth->directory) < 0) fail(birth, LODESTAR_NO_DIRECTORY);
    lodestar_unblock_signals();
    lodestar_execute(birth->arguments, birth->environment);
    fail(birth, LODESTAR_NO_PROGRAM);
    _exit(127);
}

// clone(2), linux/sched.h.
struct clone_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

// The child has a copy of this small process, and is born in its cgroup: moving it there afterwards would wait for the
// whole machine (the kernel's cgroup_threadgroup_rwsem), some 20 ms.
static pid_t born(struct birth *birth) {
    const uint64_t into_cgroup = 0x200000000;
    struct clone_arguments arguments = {.flags = CLONE_VFORK, .exit_signal = SIGCHLD};
    int cgroup = birth->cgroup ? open(birth->cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (birth->cgroup && cgroup < 0) return -1;
    if (cgroup >= 0) {
        arguments.flags |= into_cgroup;
        arguments.cgroup = (uint64_t)cgroup;
    }
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &old);
    pid_t process = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    if (process < 0 && (errno == ENOSYS || errno == EINVAL || errno == E2BIG || errno == EOPNOTSUPP)) {
        birth->must_join = birth->cgroup != NULL;
        process = (pid_t)syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
    }
    if (process == 0) child(birth);
    int saved = errno;
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (cgroup >= 0) close(cgroup);
    errno = saved;
    return process;
}

// The 22nd field of /proc/PID/stat, counted after the name's last parenthesis (proc(5)).
static uint64_t start_of(pid_t process) {
    char path[40], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0) close(file);
    if (count <= 0) return 0;
    text[count] = 0;
    char *field = strrchr(text, ')');
    for (int skipped = 0; field && skipped < 20; skipped++) field = strchr(field + 1, ' ');
    return field ? strtoull(field + 1, NULL, 10) : 0;
}

// Sends a signal to all that a run has started and that can be found.
static void signal_all(struct run *run, int number) {
    kill(-run->event.pid, number);
    if (!run->cgroup) return;
    char path[4200];
    if (number == SIGKILL) {
        snprintf(path, sizeof path, "%s/cgroup.kill", run->cgroup);
        int file = open(path, O_WRONLY | O_CLOEXEC);
        ssize_t written = file < 0 ? -1 : write(file, "1", 1);
        if (file >= 0) close(file);
        if (written == 1) return;
    }
    snprintf(path, sizeof path, "%s/cgroup.procs", run->cgroup);
    FILE *list = fopen(path, "re");
    int process;
    while (list && fscanf(list, "%d", &process) == 1)
        if (process > 1) kill(process, number);
    if (list) fclose(list);
}

void lodestar_begin_ending(struct run *run, int64_t now) {
    if (run->phase != PHASE_RUNNING || run->is_ending) return;
    run->is_ending = 1;
    signal_all(run, SIGTERM);
    run->deadline = now + run->kill_after;
}

// Reads what is there, at most 1 MiB of it, so that one loud job holds up no other.
void lodestar_drain(struct run *run) {
    char bytes[65536];
    for (int turn = 0; turn < 16 && run->output >= 0; turn++) {
        ssize_t count = read(run->output, bytes, sizeof bytes);
        if (count > 0) {
            lodestar_output_keep(&run->kept, bytes, (size_t)count);
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            close(run->output);
            run->output = -1;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

void lodestar_finish(struct run *run) {
    if (run->output >= 0) close(run->output);
    run->output = -1;
    run->phase = PHASE_ENDED;
    run->deadline = 0;
    // The cgroup stays where grandchildren are left.
    if (run->cgroup) rmdir(run->cgroup);
}

void lodestar_reap(struct run *run, int64_t now) {
    // While the process is not waited for, its number and so its group's is nobody else's.
    if (run->is_ending) signal_all(run, SIGKILL);
    while (waitpid(run->event.pid, &run->event.wait_status, 0) < 0 && errno == EINTR) {}
    if (run->handle >= 0) close(run->handle);
    run->handle = -1;
    run->event.ended = lodestar_milliseconds(CLOCK_REALTIME);
    lodestar_drain(run);
    if (run->output < 0) return lodestar_finish(run);
    run->phase = PHASE_DRAINING;
    run->deadline = now + grandchildren_time;
}

void lodestar_pass_deadline(struct run *run, int64_t now) {
    if (run->phase == PHASE_DRAINING) {
        lodestar_drain(run);
        lodestar_finish(run);
    } else if (run->is_ending) {
        signal_all(run, SIGKILL);
        run->deadline = now + 1000;
    } else {
        run->event.has_timed_out = 1;
        lodestar_begin_ending(run, now);
    }
}

void lodestar_spawn(struct run *run, struct birth *birth, const char *output_file) {
    int pipes[2] = {-1, -1}, file = -1;
    pid_t process = -1;
    birth->input = lodestar_open_nothing();
    if (output_file) file = open(output_file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (birth->input >= 0 && (!output_file || file >= 0) && pipe2(pipes, O_CLOEXEC) == 0) {
        fcntl(pipes[0], F_SETFL, O_NONBLOCK);
        birth->error_output = pipes[1];
        birth->output = output_file ? file : pipes[1];
        process = born(birth);
    }
    run->event.stage = process < 0 ? LODESTAR_NO_PROCESS : birth->failure->stage;
    run->event.error = process < 0 ? errno : birth->failure->error;
    if (birth->input >= 0) close(birth->input);
    if (file >= 0) close(file);
    if (pipes[1] >= 0) close(pipes[1]);
    run->output = pipes[0];
    if (process < 0) return;
    run->event.pid = process;
    if (run->event.stage != LODESTAR_RAN) {
        while (waitpid(process, &run->event.wait_status, 0) < 0 && errno == EINTR) {}
        return;
    }
    run->event.process_start = start_of(process);
    // Without one the keeper hears of its end by SIGCHLD.
    run->handle = (int)syscall(SYS_pidfd_open, process, 0);
}
