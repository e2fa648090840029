#define _GNU_SOURCE
#include "child.h"
#include "events.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int negated(int result) { return result < 0 ? -errno : result; }

int lodestar_timer_open(void) { return negated(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK)); }

int lodestar_timer_set(int timer, int64_t milliseconds) {
    struct itimerspec setting = {.it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000}};
    return negated(timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &setting, NULL));
}

int lodestar_timer_read(int timer) {
    uint64_t count;
    if (read(timer, &count, sizeof count) == sizeof count) return 1;
    return errno == ECANCELED ? 2 : 0;
}

int lodestar_inherits_orphans(void) {
    int is_subreaper = 0;
    return getpid() == 1 || (prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper, 0, 0, 0) == 0 && is_subreaper);
}

void lodestar_reap_orphans(void) {
    while (waitpid(-1, NULL, WNOHANG) > 0) {}
}

int lodestar_signals_open(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    if (lodestar_inherits_orphans()) sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
    signal(SIGPIPE, SIG_IGN);
    return negated(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int lodestar_signals_read(int signals) {
    struct signalfd_siginfo info;
    return read(signals, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

int lodestar_watch_open(void) { return negated(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)); }

int lodestar_watch_add(int watch, const char *directory) {
    uint32_t mask = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW;
    return negated(inotify_add_watch(watch, directory, mask));
}

const char *lodestar_change_name(const struct lodestar_change *change) { return change->name; }

void lodestar_watch_read(int watch, void *context, void (*each)(void *context, const struct lodestar_change *change)) {
    char bytes[16384] __attribute__((aligned(8)));
    for (;;) {
        ssize_t count = read(watch, bytes, sizeof bytes);
        if (count <= 0) return;
        for (char *place = bytes; place < bytes + count;) {
            struct inotify_event *event = (struct inotify_event *)place;
            struct lodestar_change change = {
                .number = event->wd,
                .is_overflow = (event->mask & IN_Q_OVERFLOW) != 0,
                .is_directory = (event->mask & IN_ISDIR) != 0,
                .is_gone = (event->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) != 0,
            };
            if (event->len > 0) strncpy(change.name, event->name, sizeof change.name - 1);
            each(context, &change);
            place += sizeof *event + event->len;
        }
    }
}

int lodestar_address_of(const char *path, struct sockaddr_un *address, socklen_t *length) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    size_t count = strlen(path);
    if (count == 0 || count >= sizeof address->sun_path) return -ENAMETOOLONG;
    memcpy(address->sun_path, path, count);
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count + 1);
    if (path[0] == '@') {
        address->sun_path[0] = 0;
        *length -= 1;
    }
    return 0;
}

static int local_socket(int kind) { return socket(AF_UNIX, kind | SOCK_CLOEXEC, 0); }

int lodestar_listen(const char *path, int kind, int backlog) {
    struct sockaddr_un address;
    socklen_t length;
    int problem = lodestar_address_of(path, &address, &length);
    if (problem < 0) return problem;
    int listener = local_socket(kind | SOCK_NONBLOCK);
    if (listener < 0) return -errno;
    unlink(path);
    mode_t old = umask(0177);
    int failed = bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, backlog) < 0;
    int saved = errno;
    umask(old);
    if (!failed) return listener;
    close(listener);
    return -saved;
}

int lodestar_local_listen(const char *path) { return lodestar_listen(path, SOCK_STREAM, 16); }

int lodestar_local_accept(int listener) {
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return -errno;
    struct ucred peer = {.uid = ~0U};
    socklen_t length = sizeof peer;
    if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == geteuid())) return client;
    close(client);
    return -EPERM;
}

int lodestar_local_connect(const char *path, int64_t timeout_milliseconds) {
    struct sockaddr_un address;
    socklen_t length;
    int problem = lodestar_address_of(path, &address, &length);
    if (problem < 0) return problem;
    int client = local_socket(SOCK_STREAM);
    if (client < 0) return -errno;
    struct timeval limit = {.tv_sec = timeout_milliseconds / 1000, .tv_usec = timeout_milliseconds % 1000 * 1000};
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(client, (struct sockaddr *)&address, length) == 0) return client;
    problem = -errno;
    close(client);
    return problem;
}

int lodestar_local_notify(const char *path, const char *text) {
    struct sockaddr_un address;
    socklen_t length;
    int problem = lodestar_address_of(path, &address, &length);
    if (problem < 0) return problem;
    int notifier = local_socket(SOCK_DGRAM);
    if (notifier < 0) return -errno;
    int result = sendto(notifier, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address, length) < 0 ? -errno : 0;
    close(notifier);
    return result;
}
