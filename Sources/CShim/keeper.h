#pragma once

#include "include/keeper.h"

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
