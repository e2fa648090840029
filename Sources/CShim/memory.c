#define _GNU_SOURCE
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "include/events.h"

struct mapping {
    uintptr_t start;
    uintptr_t end;
    int is_file;
};

static struct mapping mappings[64];
static size_t mapping_count;

// Read-only pages of files, of which the process has changed none, come back by themselves when they are used.
static void find_mappings(void) {
    FILE *list = fopen("/proc/self/smaps", "re");
    struct mapping present = {0};
    char line[4608];
    while (list && fgets(line, sizeof line, list) && mapping_count < 64) {
        uintptr_t start, end;
        char permissions[5];
        unsigned long long inode, changed;
        if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %llu", &start, &end, permissions, &inode) == 4)
            present = (struct mapping){start, end, inode != 0 && permissions[1] == '-' && permissions[3] == 'p'};
        else if (sscanf(line, "Anonymous: %llu kB", &changed) == 1 && changed == 0 && present.is_file)
            mappings[mapping_count++] = present;
    }
    if (list) fclose(list);
}

// A kernel with large folios maps megabytes of the program for each function that is called (since Linux 6.18), so the
// last calls before a long sleep are few.
int lodestar_poll(struct pollfd *waits, size_t count, int is_long) {
    if (is_long) {
        if (mapping_count == 0) find_mappings();
        malloc_trim(0);
        for (size_t index = 0; index < mapping_count; index++)
            syscall(SYS_madvise, mappings[index].start, mappings[index].end - mappings[index].start, MADV_DONTNEED);
    }
    return (int)syscall(SYS_ppoll, waits, count, NULL, NULL, 0);
}
