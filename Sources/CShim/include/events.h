#pragma once

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Descriptors that an event loop waits for. Where a function returns an int, a negative one is -errno.

// A timer on the real-time clock, which also fires when somebody sets that clock (timerfd_create(2)).
int lodestar_timer_open(void);
// Sets the timer to an absolute instant in milliseconds since 1970; 0 stops it.
int lodestar_timer_set(int timer, int64_t milliseconds);
// Reads the timer. 1: it fired; 2: the clock was set; 0: neither.
int lodestar_timer_read(int timer);

// Blocks SIGTERM, SIGINT, SIGHUP and SIGUSR1, and returns a descriptor that tells them (signalfd(2)); SIGCHLD too where
// this process inherits the orphans of others: as process 1, or as a child subreaper (prctl(2)).
int lodestar_signals_open(void);
// Whether this process inherits the orphans of others.
int lodestar_inherits_orphans(void);
// Waits for all children that have ended.
void lodestar_reap_orphans(void);
// The number of the next signal; 0 when there is none.
int lodestar_signals_read(int signals);

// inotify(7): what changes entries of a directory, or its files' contents.
int lodestar_watch_open(void);
// The number of the watch.
int lodestar_watch_add(int watch, const char *directory);
struct lodestar_change {
    int number;
    // Events were lost: everything may have changed.
    int is_overflow;
    int is_directory;
    // The watched directory itself is gone.
    int is_gone;
    char name[256];
};
const char *lodestar_change_name(const struct lodestar_change *change);
// Hands over each waiting change.
void lodestar_watch_read(int watch, void *context, void (*each)(void *context, const struct lodestar_change *change));

// A listening local socket with mode 0600; what is at the path is replaced.
int lodestar_local_listen(const char *path);
// Accepts a connection of the same user or of root; -EPERM for others.
int lodestar_local_accept(int listener);
// Connects; a peer that takes nothing or says nothing for so long ends a call with EAGAIN. 0: waits for ever.
int lodestar_local_connect(const char *path, int64_t timeout_milliseconds);
// Sends one datagram to a local socket; a path that begins with @ is an abstract name (unix(7)).
int lodestar_local_notify(const char *path, const char *text);

// poll(2) without a timeout. Before a long wait, free heap is given back, and the pages of the program's file, which come
// back by themselves.
int lodestar_poll(struct pollfd *waits, size_t count, int is_long);
