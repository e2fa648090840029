// The keeper's own side: a loop over poll(2) that starts, watches and ends the runs.
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "shim.h"

enum { grandchildren_time = 1000, idle_time = 600000, unclaimed_time = 86400000 };

enum phase {
    PHASE_RUNNING,
    // The main process has ended; something still holds the output.
    PHASE_DRAINING,
    PHASE_ENDED,
};

struct run {
    struct run *next;
    enum phase phase;
    int handle;
    int output;
    char *cgroup;
    // On the boot-time clock; 0: none.
    int64_t deadline;
    int64_t kill_after;
    // Whether SIGTERM was sent.
    int is_ending;
    int is_start_told;
    int is_end_told;
    size_t tail_used;
    char *head;
    char *tail;
    struct lodestar_event event;
};

struct failure;

struct keeper {
    const char *path;
    int listener;
    int agent;
    uint64_t number;
    struct run *runs;
    // Whether the agent has been told all that there was when it came.
    int has_greeted;
    int has_listed;
    int is_dismissed;
    int64_t alone_since;
    struct request *request;
    struct failure *failure;
};

static int64_t milliseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static struct run **find(struct keeper *keeper, const char *name) {
    struct run **place = &keeper->runs;
    while (*place && strcmp((*place)->event.run, name) != 0) place = &(*place)->next;
    return place;
}

// A start, as the child sees it.
struct birth {
    const struct request *request;
    const char *const *arguments;
    const char *const *environment;
    const char *directory;
    const char *cgroup;
    int input;
    int output;
    int error_output;
    int must_join;
    // In memory that both processes see.
    volatile struct failure *failure;
};

struct failure {
    int stage;
    int error;
};

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

static void begin_ending(struct run *run, int64_t now) {
    if (run->phase != PHASE_RUNNING || run->is_ending) return;
    run->is_ending = 1;
    signal_all(run, SIGTERM);
    run->deadline = now + run->kill_after;
}

static void keep_output(struct run *run, const char *bytes, size_t count) {
    struct lodestar_event *event = &run->event;
    event->total_length += count;
    size_t room = LODESTAR_OUTPUT_HEAD - event->head_length, part = count < room ? count : room;
    if (part > 0 && !run->head) run->head = malloc(LODESTAR_OUTPUT_HEAD);
    if (part > 0 && !run->head) return;
    memcpy(run->head + event->head_length, bytes, part);
    event->head_length += part;
    bytes += part;
    count -= part;
    if (count == 0) return;
    // Twice the tail, so that bytes move once for each tail's worth of them.
    if (!run->tail) run->tail = malloc(LODESTAR_OUTPUT_TAIL * 2);
    if (!run->tail) return;
    if (count > LODESTAR_OUTPUT_TAIL) {
        bytes += count - LODESTAR_OUTPUT_TAIL;
        count = LODESTAR_OUTPUT_TAIL;
    }
    if (run->tail_used + count > LODESTAR_OUTPUT_TAIL * 2) {
        size_t kept = LODESTAR_OUTPUT_TAIL;
        memmove(run->tail, run->tail + run->tail_used - kept, kept);
        run->tail_used = kept;
    }
    memcpy(run->tail + run->tail_used, bytes, count);
    run->tail_used += count;
    event->tail_length = run->tail_used < LODESTAR_OUTPUT_TAIL ? run->tail_used : LODESTAR_OUTPUT_TAIL;
}

// Reads what is there, at most 1 MiB of it, so that one loud job holds up nobody.
static void drain(struct run *run) {
    char bytes[65536];
    for (int turn = 0; turn < 16 && run->output >= 0; turn++) {
        ssize_t count = read(run->output, bytes, sizeof bytes);
        if (count > 0) {
            keep_output(run, bytes, (size_t)count);
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            close(run->output);
            run->output = -1;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

static void finish(struct run *run) {
    if (run->output >= 0) close(run->output);
    run->output = -1;
    run->phase = PHASE_ENDED;
    run->deadline = 0;
    // It stays where grandchildren are left.
    if (run->cgroup) rmdir(run->cgroup);
}

static void reap(struct run *run, int64_t now) {
    // While the process is not waited for, its number and so its group's is nobody else's.
    if (run->is_ending) signal_all(run, SIGKILL);
    while (waitpid(run->event.pid, &run->event.wait_status, 0) < 0 && errno == EINTR) {}
    close(run->handle);
    run->handle = -1;
    run->event.ended = milliseconds(CLOCK_REALTIME);
    drain(run);
    if (run->output < 0) return finish(run);
    run->phase = PHASE_DRAINING;
    run->deadline = now + grandchildren_time;
}

static void pass_deadline(struct run *run, int64_t now) {
    if (run->phase == PHASE_DRAINING) {
        drain(run);
        finish(run);
    } else if (run->is_ending) {
        signal_all(run, SIGKILL);
        run->deadline = now + 1000;
    } else {
        run->event.has_timed_out = 1;
        begin_ending(run, now);
    }
}

static const char *next_text(const char **rest, const char *end) {
    const char *text = *rest, *nul = text < end ? memchr(text, 0, (size_t)(end - text)) : NULL;
    if (!nul) return NULL;
    *rest = nul + 1;
    return text;
}

static const char **texts(uint32_t count, const char **rest, const char *end) {
    if (count > REQUEST_BYTES) return NULL;
    const char **list = calloc((size_t)count + 1, sizeof *list);
    for (uint32_t index = 0; list && index < count; index++) {
        list[index] = next_text(rest, end);
        if (!list[index]) {
            free(list);
            return NULL;
        }
    }
    return list;
}

static void spawn(struct run *run, struct birth *birth, const char *output_file) {
    int pipes[2] = {-1, -1}, file = -1;
    pid_t process = -1;
    birth->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (output_file) file = open(output_file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
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
    run->handle = (int)syscall(SYS_pidfd_open, process, 0);
}

static void start(struct keeper *keeper, size_t size, int64_t now) {
    const struct request *request = keeper->request;
    const char *rest = request->texts, *end = (const char *)request + size;
    const char *name = next_text(&rest, end), *directory = next_text(&rest, end);
    const char *cgroup = next_text(&rest, end), *output_file = next_text(&rest, end);
    if (!output_file || strlen(name) >= LODESTAR_RUN_NAME || request->argument_count == 0) return;
    if (request->group_count > GROUP_COUNT || request->limit_count > LODESTAR_LIMIT_COUNT) return;
    if (*find(keeper, name)) return;
    const char **arguments = texts(request->argument_count, &rest, end);
    const char **environment = arguments ? texts(request->variable_count, &rest, end) : NULL;
    struct run *run = environment ? calloc(1, sizeof *run) : NULL;
    if (run) {
        strcpy(run->event.run, name);
        run->handle = run->output = -1;
        run->cgroup = request->has_cgroup ? strdup(cgroup) : NULL;
        run->kill_after = request->kill_after_milliseconds;
        run->event.started = milliseconds(CLOCK_REALTIME);
        struct birth birth = {.request = request, .arguments = arguments, .environment = environment, .directory = directory, .cgroup = run->cgroup, .failure = keeper->failure};
        *keeper->failure = (struct failure){.stage = LODESTAR_RAN};
        spawn(run, &birth, request->has_output_file ? output_file : NULL);
        if (request->timeout_milliseconds > 0) run->deadline = now + request->timeout_milliseconds;
        if (run->handle < 0) {
            run->event.ended = run->event.started;
            finish(run);
        }
        run->next = keeper->runs;
        keeper->runs = run;
    }
    free(arguments);
    free(environment);
}

static void forget(struct run **place) {
    struct run *run = *place;
    if (!run || run->phase != PHASE_ENDED) return;
    *place = run->next;
    free(run->cgroup);
    free(run->head);
    free(run->tail);
    free(run);
}

static void leave(struct keeper *keeper, int64_t now) {
    close(keeper->agent);
    keeper->agent = -1;
    keeper->alone_since = now;
    for (struct run *run = keeper->runs; run; run = run->next) run->is_start_told = run->is_end_told = 0;
}

static void serve(struct keeper *keeper, int64_t now) {
    for (int turn = 0; turn < 64; turn++) {
        ssize_t count = recv(keeper->agent, keeper->request, REQUEST_BYTES - 1, MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) return leave(keeper, now);
        if ((size_t)count < offsetof(struct request, texts)) continue;
        ((char *)keeper->request)[count] = 0;
        switch ((enum request_kind)keeper->request->kind) {
        case REQUEST_START: start(keeper, (size_t)count, milliseconds(CLOCK_BOOTTIME)); break;
        case REQUEST_FORGET: forget(find(keeper, keeper->request->texts)); break;
        case REQUEST_DISMISS: keeper->is_dismissed = 1; break;
        case REQUEST_STOP: {
            struct run *run = *find(keeper, keeper->request->texts);
            if (run && run->phase == PHASE_RUNNING) {
                run->event.was_stopped = 1;
                begin_ending(run, now);
            }
        }
        }
    }
}

static void welcome(struct keeper *keeper) {
    int agent = accept4(keeper->listener, NULL, NULL, SOCK_CLOEXEC);
    if (agent < 0) return;
    struct ucred peer = {.uid = ~0U};
    socklen_t length = sizeof peer;
    if (getsockopt(agent, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 || peer.uid != geteuid()) {
        close(agent);
        return;
    }
    int size = 1 << 20;
    setsockopt(agent, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
    keeper->agent = agent;
    keeper->has_greeted = keeper->has_listed = keeper->is_dismissed = 0;
}

// 1 when it was sent; 0 when the agent does not listen now.
static int tell(struct keeper *keeper, const struct run *run, enum lodestar_event_kind kind) {
    struct lodestar_event event = {.pid = getpid()};
    struct iovec parts[3] = {{.iov_base = &event, .iov_len = sizeof event}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 1};
    if (run) event = run->event;
    event.kind = (int32_t)kind;
    event.keeper = keeper->number;
    if (run && kind == LODESTAR_ENDED) {
        parts[1] = (struct iovec){.iov_base = run->head, .iov_len = event.head_length};
        parts[2] = (struct iovec){.iov_base = run->tail + run->tail_used - event.tail_length, .iov_len = event.tail_length};
        message.msg_iovlen = 3;
    } else {
        event.head_length = event.tail_length = 0;
    }
    return sendmsg(keeper->agent, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

// Tells the agent what it does not know yet. 1 when all is told.
static int tell_news(struct keeper *keeper) {
    if (keeper->agent < 0) return 1;
    if (!keeper->has_greeted && !(keeper->has_greeted = tell(keeper, NULL, LODESTAR_HELLO))) return 0;
    for (struct run *run = keeper->runs; run; run = run->next) {
        if (!run->is_start_told && run->event.stage == LODESTAR_RAN && !(run->is_start_told = tell(keeper, run, LODESTAR_STARTED))) return 0;
        if (!run->is_end_told && run->phase == PHASE_ENDED && !(run->is_end_told = tell(keeper, run, LODESTAR_ENDED))) return 0;
    }
    if (!keeper->has_listed && !(keeper->has_listed = tell(keeper, NULL, LODESTAR_LISTED))) return 0;
    return 1;
}

// How long to wait for something to happen, in milliseconds.
static int64_t patience(const struct keeper *keeper, int64_t now) {
    int64_t wait = 3600000;
    for (const struct run *run = keeper->runs; run; run = run->next)
        if (run->deadline > 0 && run->deadline - now < wait) wait = run->deadline - now;
    if (keeper->agent < 0) {
        int64_t alone = keeper->alone_since + (keeper->runs ? unclaimed_time : idle_time) - now;
        if (alone < wait) wait = alone;
    }
    return wait < 0 ? 0 : wait;
}

static int is_done(const struct keeper *keeper, int64_t now) {
    for (const struct run *run = keeper->runs; run; run = run->next)
        if (run->phase != PHASE_ENDED) return 0;
    if (keeper->agent >= 0) return 0;
    if (keeper->is_dismissed && !keeper->runs) return 1;
    return now - keeper->alone_since >= (keeper->runs ? unclaimed_time : idle_time);
}

void lodestar_keep(int listener, const char *path) {
    struct keeper keeper = {.path = path, .listener = listener, .agent = -1};
    for (int number = 1; number < 32; number++)
        if (number != SIGCHLD && number != SIGSEGV && number != SIGBUS && number != SIGABRT) signal(number, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    lodestar_unblock_signals();
    keeper.request = malloc(REQUEST_BYTES);
    keeper.failure = mmap(NULL, sizeof *keeper.failure, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!keeper.request || keeper.failure == MAP_FAILED || getrandom(&keeper.number, sizeof keeper.number, 0) < 0) return;
    keeper.number >>= 1;
    keeper.alone_since = milliseconds(CLOCK_BOOTTIME);
    struct pollfd *waits = NULL;
    struct run **owners = NULL;
    size_t capacity = 0;
    for (;;) {
        int all_told = tell_news(&keeper);
        int64_t now = milliseconds(CLOCK_BOOTTIME);
        if (is_done(&keeper, now)) break;
        size_t count = 1;
        for (struct run *run = keeper.runs; run; run = run->next) count += 2;
        if (count > capacity) {
            capacity = count * 2;
            struct pollfd *more = realloc(waits, capacity * sizeof *waits);
            if (more) waits = more;
            struct run **more_owners = realloc(owners, capacity * sizeof *owners);
            if (more_owners) owners = more_owners;
            if (!more || !more_owners) break;
        }
        // A new agent waits until all that the last one sent is done.
        waits[0] = (struct pollfd){.fd = keeper.agent >= 0 ? keeper.agent : listener, .events = (short)(POLLIN | (all_told ? 0 : POLLOUT))};
        count = 1;
        for (struct run *run = keeper.runs; run; run = run->next) {
            if (run->phase == PHASE_ENDED) continue;
            owners[count] = run;
            waits[count++] = (struct pollfd){.fd = run->handle, .events = POLLIN};
            owners[count] = run;
            waits[count++] = (struct pollfd){.fd = run->output, .events = POLLIN};
        }
        int ready = poll(waits, count, (int)patience(&keeper, now));
        now = milliseconds(CLOCK_BOOTTIME);
        for (size_t index = 1; index < count; index++) {
            struct run *run = owners[index];
            if (ready > 0 && waits[index].revents) {
                if (waits[index].fd == run->handle) reap(run, now);
                else if (waits[index].fd == run->output) {
                    drain(run);
                    if (run->output < 0 && run->phase == PHASE_DRAINING) finish(run);
                }
            }
            if (run->deadline > 0 && now >= run->deadline && run->phase != PHASE_ENDED) pass_deadline(run, now);
        }
        if (ready > 0 && waits[0].revents) {
            if (keeper.agent < 0) welcome(&keeper);
            else serve(&keeper, now);
        }
    }
    unlink(path);
}
