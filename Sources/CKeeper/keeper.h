#pragma once

#include <sys/resource.h>
#include <time.h>

#include "include/keeper.h"
#include "output.h"

// What an agent sends: a fixed part, then the texts one after the other, each ended by NUL.
enum request_kind { REQUEST_START = 1, REQUEST_STOP, REQUEST_FORGET, REQUEST_DISMISS };

enum { REQUEST_BYTES = 1 << 18, GROUP_COUNT = 256 };

struct request {
    int32_t kind;
    int32_t has_cgroup;
    int32_t has_output_file;
    uint32_t argument_count;
    uint32_t variable_count;
    uint32_t group_count;
    uint32_t limit_count;
    uint32_t uid;
    uint32_t gid;
    uint32_t mask;
    int32_t nice;
    int32_t io_priority;
    int64_t timeout_milliseconds;
    int64_t kill_after_milliseconds;
    struct lodestar_limit limits[LODESTAR_LIMIT_COUNT];
    gid_t groups[GROUP_COUNT];
    // run, directory, cgroup, output file, arguments, environment
    char texts[];
};

// Serves agents on a listening socket until there is nothing left to do.
void lodestar_keep(int listener, const char *path);

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
    struct lodestar_output kept;
    struct lodestar_event event;
};

// A start, as the child sees it.
struct birth {
    const struct request *request;
    const char *const *arguments;
    const char *const *environment;
    const char *directory;
    const char *cgroup;
    // The limit of descriptors that the keeper was started with; NULL: as it is.
    const struct rlimit *descriptors;
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

// Starts the process of a run, and learns at once when it could not be.
void lodestar_spawn(struct run *run, struct birth *birth, const char *output_file);
// Sends SIGTERM to a run, and lets SIGKILL follow.
void lodestar_begin_ending(struct run *run, int64_t now);
// Reads what a run has printed.
void lodestar_drain(struct run *run);
// Lets go of a run's output and of its cgroup.
void lodestar_finish(struct run *run);
// Buries a run's main process.
void lodestar_reap(struct run *run, int64_t now);
// Does what a run's deadline asks for.
void lodestar_pass_deadline(struct run *run, int64_t now);
