#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The keeper: one small process that starts the agent's jobs and outlives the agent. It is the parent of every job, so it
// learns how each ended; it keeps their output and their timeouts while no agent is there. One agent talks to it at a time,
// over a socket of packets; what a dead agent had sent is done before the next one is heard.
// Where a function returns an int, a negative one is -errno.

enum {
    LODESTAR_RUN_NAME = 256,
    LODESTAR_OUTPUT_HEAD = 8192,
    LODESTAR_OUTPUT_TAIL = 57344,
    LODESTAR_LIMIT_COUNT = 16,
};

// setrlimit(2) of one resource.
struct lodestar_limit {
    int32_t resource;
    uint64_t soft;
    uint64_t hard;
};

// One run to start.
struct lodestar_job {
    // Unique for ever; a run that the keeper knows is not started again.
    const char *run;
    const char *const *arguments;
    const char *const *environment;
    const char *directory;
    // The cgroup v2 directory to join; it is made by the agent and removed by the keeper. NULL: none.
    const char *cgroup;
    // A file for standard output, made anew with mode 0600; standard error stays with what is kept. NULL: none.
    const char *output_file;
    uint32_t uid;
    uint32_t gid;
    const gid_t *groups;
    size_t group_count;
    mode_t mask;
    // 0: no timeout. SIGTERM comes then, SIGKILL for everything `kill_after` later.
    int64_t timeout_milliseconds;
    int64_t kill_after_milliseconds;
    int32_t nice;
    // As ioprio_set(2) takes it; 0: as the keeper.
    int32_t io_priority;
    struct lodestar_limit limits[LODESTAR_LIMIT_COUNT];
    size_t limit_count;
};

enum lodestar_event_kind {
    // The first packet of a connection; `pid` is the keeper's, `keeper` its number.
    LODESTAR_HELLO = 1,
    LODESTAR_STARTED,
    LODESTAR_ENDED,
    // Every run that the keeper knows has been announced after the greeting.
    LODESTAR_LISTED,
};

// An event that the keeper announces.
struct lodestar_event {
    int32_t kind;
    int32_t pid;
    // Random, another one for each keeper.
    uint64_t keeper;
    char run[LODESTAR_RUN_NAME];
    // Clock ticks since boot, as proc(5) tells it for a process.
    uint64_t process_start;
    // enum lodestar_stage, and errno of the stage that failed.
    int32_t stage;
    int32_t error;
    int32_t wait_status;
    int32_t has_timed_out;
    int32_t was_stopped;
    // Milliseconds since 1970.
    int64_t started;
    int64_t ended;
    uint64_t head_length;
    uint64_t tail_length;
    uint64_t total_length;
};

// An event as it is sent: the head and the tail of the output follow each other.
struct lodestar_packet {
    struct lodestar_event event;
    char output[LODESTAR_OUTPUT_HEAD + LODESTAR_OUTPUT_TAIL];
};

const char *lodestar_packet_output(const struct lodestar_packet *packet);
const char *lodestar_packet_run(const struct lodestar_packet *packet);

// Starts a keeper that listens on a path and is no child of the caller. Only for a process with one thread.
int lodestar_keeper_launch(const char *path);
// Connects to the keeper of a path, which must run as the same user.
int lodestar_keeper_connect(const char *path);
// Sends a run to start.
int lodestar_keeper_start(int keeper, const struct lodestar_job *job);
// Ends a run as its timeout would.
int lodestar_keeper_stop(int keeper, const char *run);
// Lets the keeper forget a run that has ended.
int lodestar_keeper_forget(int keeper, const char *run);
// Lets a keeper without runs end.
int lodestar_keeper_dismiss(int keeper);
// Receives one event without waiting: 1, or 0 where there is none; -EPIPE when the keeper is gone.
int lodestar_keeper_receive(int keeper, struct lodestar_packet *packet);
