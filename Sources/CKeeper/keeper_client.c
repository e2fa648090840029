// The agent's side of the keeper.
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

const char *lodestar_packet_output(const struct lodestar_packet *packet) { return packet->output; }

const char *lodestar_packet_run(const struct lodestar_packet *packet) { return packet->event.run; }

// Becomes the keeper: no controlling terminal, no descriptor of the agent's but the listener.
static void become_keeper(int listener, const char *path) {
    setsid();
    prctl(PR_SET_NAME, "lodestar-keeper", 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
    int null = open("/dev/null", O_RDWR);
    for (int number = 0; number < 3; number++) dup2(null, number);
    int kept = fcntl(listener, F_DUPFD_CLOEXEC, 3);
    if (kept != 3) dup2(kept, 3);
    fcntl(3, F_SETFD, FD_CLOEXEC);
    syscall(SYS_close_range, 4U, ~0U, 0U);
    if (chdir("/") < 0) _exit(1);
    lodestar_keep(3, path);
    _exit(0);
}

int lodestar_keeper_launch(const char *path) {
    int listener = lodestar_listen(path, SOCK_SEQPACKET, 4);
    if (listener < 0) return listener;
    pid_t process = fork();
    if (process == 0) {
        pid_t keeper = fork();
        if (keeper == 0) become_keeper(listener, path);
        _exit(keeper < 0 ? 1 : 0);
    }
    int saved = errno, status = 0;
    close(listener);
    if (process < 0) return -saved;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {}
    return status == 0 ? 0 : -EAGAIN;
}

int lodestar_keeper_connect(const char *path) {
    struct sockaddr_un address;
    socklen_t address_length;
    int problem = lodestar_address_of(path, &address, &address_length);
    if (problem < 0) return problem;
    int keeper = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (keeper < 0) return -errno;
    int size = REQUEST_BYTES * 4;
    setsockopt(keeper, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
    // A keeper that somebody has stopped takes nothing; the agent must not stop with it.
    struct timeval limit = {.tv_sec = 5};
    setsockopt(keeper, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    struct ucred peer = {.uid = ~0U};
    socklen_t length = sizeof peer;
    problem = 0;
    if (connect(keeper, (struct sockaddr *)&address, address_length) < 0) problem = -errno;
    else if (getsockopt(keeper, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) problem = -errno;
    else if (peer.uid != geteuid()) problem = -EPERM;
    if (problem == 0) return keeper;
    close(keeper);
    return problem;
}

static int send_packet(int keeper, const void *bytes, size_t count) {
    for (;;) {
        if (send(keeper, bytes, count, MSG_NOSIGNAL) >= 0) return 0;
        if (errno != EINTR) return -errno;
    }
}

// Appends a text with its NUL; 0 when it does not fit.
static int append(struct request *request, size_t *used, const char *text) {
    size_t length = strlen(text) + 1;
    if (length > REQUEST_BYTES - offsetof(struct request, texts) - *used) return 0;
    memcpy(request->texts + *used, text, length);
    *used += length;
    return 1;
}

static int append_all(struct request *request, size_t *used, const char *const *texts, uint32_t *count) {
    for (*count = 0; texts[*count]; ++*count)
        if (!append(request, used, texts[*count])) return 0;
    return 1;
}

int lodestar_keeper_start(int keeper, const struct lodestar_job *job) {
    if (job->group_count > GROUP_COUNT || job->limit_count > LODESTAR_LIMIT_COUNT) return -E2BIG;
    if (strlen(job->run) >= LODESTAR_RUN_NAME) return -ENAMETOOLONG;
    struct request *request = calloc(1, REQUEST_BYTES);
    if (!request) return -ENOMEM;
    request->kind = REQUEST_START;
    request->has_cgroup = job->cgroup != NULL;
    request->has_output_file = job->output_file != NULL;
    request->group_count = (uint32_t)job->group_count;
    request->limit_count = (uint32_t)job->limit_count;
    request->uid = job->uid;
    request->gid = job->gid;
    request->mask = job->mask;
    request->nice = job->nice;
    request->io_priority = job->io_priority;
    request->timeout_milliseconds = job->timeout_milliseconds;
    request->kill_after_milliseconds = job->kill_after_milliseconds;
    memcpy(request->limits, job->limits, job->limit_count * sizeof *job->limits);
    if (job->group_count > 0) memcpy(request->groups, job->groups, job->group_count * sizeof *job->groups);
    size_t used = 0;
    int fits = append(request, &used, job->run) && append(request, &used, job->directory) &&
               append(request, &used, job->cgroup ? job->cgroup : "") &&
               append(request, &used, job->output_file ? job->output_file : "") &&
               append_all(request, &used, job->arguments, &request->argument_count) &&
               append_all(request, &used, job->environment, &request->variable_count);
    int result = fits ? send_packet(keeper, request, offsetof(struct request, texts) + used) : -E2BIG;
    free(request);
    return result;
}

static int send_name(int keeper, enum request_kind kind, const char *run) {
    size_t length = strlen(run) + 1, size = offsetof(struct request, texts) + length;
    if (length > LODESTAR_RUN_NAME) return -ENAMETOOLONG;
    struct request *request = calloc(1, size);
    if (!request) return -ENOMEM;
    request->kind = (int32_t)kind;
    memcpy(request->texts, run, length);
    int result = send_packet(keeper, request, size);
    free(request);
    return result;
}

int lodestar_keeper_stop(int keeper, const char *run) { return send_name(keeper, REQUEST_STOP, run); }

int lodestar_keeper_forget(int keeper, const char *run) { return send_name(keeper, REQUEST_FORGET, run); }

int lodestar_keeper_dismiss(int keeper) { return send_name(keeper, REQUEST_DISMISS, ""); }

int lodestar_keeper_receive(int keeper, struct lodestar_packet *packet) {
    for (;;) {
        ssize_t count = recv(keeper, packet, sizeof *packet, MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN ? 0 : -errno;
        struct lodestar_event *event = &packet->event;
        if ((size_t)count < sizeof *event) return -EPIPE;
        if (event->head_length > LODESTAR_OUTPUT_HEAD || event->tail_length > LODESTAR_OUTPUT_TAIL ||
            event->head_length + event->tail_length > (size_t)count - sizeof *event)
            return -EPROTO;
        event->run[LODESTAR_RUN_NAME - 1] = 0;
        return 1;
    }
}
