// The keeper's own side: a loop over poll(2) that starts, watches and ends the runs.
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "shim.h"

enum { idle_time = 600000, unclaimed_time = 86400000 };

struct keeper {
    const char *path;
    int listener;
    int agent;
    uint64_t number;
    struct run *runs;
    // Whether the agent has received all events from before it came.
    int has_greeted;
    int has_listed;
    int is_dismissed;
    int64_t alone_since;
    struct request *request;
    struct failure *failure;
    // The limits of the runs, which the keeper has raised for itself.
    struct rlimit descriptors;
};

static struct run **find(struct keeper *keeper, const char *name) {
    struct run **place = &keeper->runs;
    while (*place && strcmp((*place)->event.run, name) != 0) place = &(*place)->next;
    return place;
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
        run->kept.head_limit = LODESTAR_OUTPUT_HEAD;
        run->kept.tail_limit = LODESTAR_OUTPUT_TAIL;
        run->cgroup = request->has_cgroup ? strdup(cgroup) : NULL;
        run->kill_after = request->kill_after_milliseconds;
        run->event.started = lodestar_milliseconds(CLOCK_REALTIME);
        struct birth birth = {.request = request, .arguments = arguments, .environment = environment, .directory = directory, .cgroup = run->cgroup, .descriptors = &keeper->descriptors, .failure = keeper->failure};
        *keeper->failure = (struct failure){.stage = LODESTAR_RAN};
        lodestar_spawn(run, &birth, request->has_output_file ? output_file : NULL);
        if (request->timeout_milliseconds > 0) run->deadline = now + request->timeout_milliseconds;
        if (run->event.stage != LODESTAR_RAN) {
            run->event.ended = run->event.started;
            lodestar_finish(run);
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
    lodestar_output_free(&run->kept);
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
        case REQUEST_START: start(keeper, (size_t)count, lodestar_milliseconds(CLOCK_BOOTTIME)); break;
        case REQUEST_FORGET: forget(find(keeper, keeper->request->texts)); break;
        case REQUEST_DISMISS: keeper->is_dismissed = 1; break;
        case REQUEST_STOP: {
            struct run *run = *find(keeper, keeper->request->texts);
            if (run && run->phase == PHASE_RUNNING) {
                run->event.was_stopped = 1;
                lodestar_begin_ending(run, now);
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
        const struct lodestar_output *kept = &run->kept;
        event.head_length = kept->head_length;
        event.tail_length = kept->tail_length;
        event.total_length = kept->total_length;
        parts[1] = (struct iovec){.iov_base = kept->head, .iov_len = kept->head_length};
        parts[2] = (struct iovec){.iov_base = (char *)lodestar_output_tail(kept), .iov_len = kept->tail_length};
        message.msg_iovlen = 3;
    }
    return sendmsg(keeper->agent, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

// Sends the agent the events that it does not know yet. 1 when all are sent.
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

// SIGTERM comes when the machine goes down: the ends of runs will not be fetched any more.
static volatile sig_atomic_t is_terminated;

static void terminate(int number) {
    (void)number;
    is_terminated = 1;
}

static void wake(int number) { (void)number; }

// Runs without a handle: only SIGCHLD announces their ends.
static int has_unwatched(const struct keeper *keeper) {
    for (const struct run *run = keeper->runs; run; run = run->next)
        if (run->phase == PHASE_RUNNING && run->handle < 0) return 1;
    return 0;
}

static void bury_unwatched(struct keeper *keeper, int64_t now) {
    for (struct run *run = keeper->runs; run; run = run->next)
        if (run->phase == PHASE_RUNNING && run->handle < 0 && lodestar_has_ended(run->event.pid)) lodestar_reap(run, now);
}

// Each run has two descriptors; the usual limit of 1,024 would be less than the runs that may go on at once.
static void raise_limits(struct keeper *keeper) {
    if (getrlimit(RLIMIT_NOFILE, &keeper->descriptors) < 0) keeper->descriptors = (struct rlimit){1024, 1024};
    struct rlimit more = keeper->descriptors;
    if (more.rlim_cur < 8192) more.rlim_cur = more.rlim_max < 8192 ? more.rlim_max : 8192;
    setrlimit(RLIMIT_NOFILE, &more);
}

static int is_done(const struct keeper *keeper, int64_t now) {
    for (const struct run *run = keeper->runs; run; run = run->next)
        if (run->phase != PHASE_ENDED) return 0;
    if (is_terminated) return 1;
    if (keeper->agent >= 0) return 0;
    if (keeper->is_dismissed && !keeper->runs) return 1;
    return now - keeper->alone_since >= (keeper->runs ? unclaimed_time : idle_time);
}

void lodestar_keep(int listener, const char *path) {
    struct keeper keeper = {.path = path, .listener = listener, .agent = -1};
    for (int number = 1; number < 32; number++)
        if (number != SIGCHLD && number != SIGSEGV && number != SIGBUS && number != SIGABRT) signal(number, SIG_IGN);
    // Outside poll the signals wait, so that none is overlooked before it.
    struct sigaction action = {.sa_handler = terminate}, waking = {.sa_handler = wake};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGCHLD, &waking, NULL);
    sigset_t none, children, waiting;
    sigemptyset(&none);
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigemptyset(&waiting);
    sigaddset(&waiting, SIGTERM);
    sigaddset(&waiting, SIGCHLD);
    sigprocmask(SIG_SETMASK, &waiting, NULL);
    keeper.request = malloc(REQUEST_BYTES);
    keeper.failure = mmap(NULL, sizeof *keeper.failure, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!keeper.request || keeper.failure == MAP_FAILED || getrandom(&keeper.number, sizeof keeper.number, 0) < 0) return;
    keeper.number >>= 1;
    raise_limits(&keeper);
    keeper.alone_since = lodestar_milliseconds(CLOCK_BOOTTIME);
    struct pollfd *waits = NULL;
    struct run **owners = NULL;
    size_t capacity = 0;
    for (;;) {
        int all_told = tell_news(&keeper);
        int64_t now = lodestar_milliseconds(CLOCK_BOOTTIME);
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
        int64_t wait = patience(&keeper, now);
        struct timespec limit = {.tv_sec = wait / 1000, .tv_nsec = wait % 1000 * 1000000};
        int ready = ppoll(waits, count, &limit, has_unwatched(&keeper) ? &none : &children);
        now = lodestar_milliseconds(CLOCK_BOOTTIME);
        bury_unwatched(&keeper, now);
        for (size_t index = 1; index < count; index++) {
            struct run *run = owners[index];
            if (ready > 0 && waits[index].revents) {
                if (waits[index].fd == run->handle) lodestar_reap(run, now);
                else if (waits[index].fd == run->output) {
                    lodestar_drain(run);
                    if (run->output < 0 && run->phase == PHASE_DRAINING) lodestar_finish(run);
                }
            }
            if (run->deadline > 0 && now >= run->deadline && run->phase != PHASE_ENDED) lodestar_pass_deadline(run, now);
        }
        if (ready > 0 && waits[0].revents) {
            if (keeper.agent < 0) welcome(&keeper);
            else serve(&keeper, now);
        }
    }
    unlink(path);
}
