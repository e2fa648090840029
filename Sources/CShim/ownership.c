#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

struct ownership {
    int is_group, change;
    uint32_t from, owner, to;
    int64_t count;
};

// statfs(2): ext2 to 4, xfs, btrfs, tmpfs, ramfs, overlayfs, f2fs, zfs, bcachefs, jfs, reiserfs. Network file systems,
// FUSE and what the kernel makes up are left alone.
static int is_local(int descriptor) {
    static const uint32_t known[] = {0xEF53,     0x58465342, 0x9123683E, 0x01021994, 0x858458F6, 0x794C7630,
                                     0xF2F52010, 0x2FC12FC1, 0xCA451A4E, 0x3153464A, 0x52654973};
    struct statfs system;
    if (fstatfs(descriptor, &system) < 0) return 0;
    for (size_t index = 0; index < sizeof known / sizeof *known; index++)
        if ((uint32_t)system.f_type == known[index]) return 1;
    return 0;
}

static int meet(int descriptor, const struct stat *status, struct ownership *wanted) {
    if ((wanted->is_group ? status->st_gid : status->st_uid) != wanted->from) return 0;
    if (wanted->owner != UINT32_MAX && status->st_uid != wanted->owner) return 0;
    wanted->count++;
    if (!wanted->change) return 0;
    uid_t uid = wanted->is_group ? (uid_t)-1 : wanted->to;
    gid_t gid = wanted->is_group ? wanted->to : (gid_t)-1;
    return fchownat(descriptor, "", uid, gid, AT_EMPTY_PATH) < 0 && errno != ENOENT ? -errno : 0;
}

// One directory on the way.
struct place {
    int directory;
    dev_t device;
    struct ownership *wanted;
    int result;
};

static int walk(int directory, dev_t device, struct ownership *wanted);

static void visit(void *context, const char *name, int kind) {
    (void)kind;
    struct place *place = context;
    if (place->result < 0) return;
    int found = openat(place->directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (found < 0) {
        if (errno != ENOENT) place->result = -errno;
        return;
    }
    struct stat status;
    if (fstat(found, &status) < 0) {
        place->result = -errno;
    } else if (status.st_dev == place->device || is_local(found)) {
        // Others are another machine's, or made up by the kernel.
        place->result = meet(found, &status, place->wanted);
        if (place->result == 0 && S_ISDIR(status.st_mode)) {
            place->result = walk(found, status.st_dev, place->wanted);
            return;
        }
    }
    close(found);
}

// Takes the descriptor of a directory with it.
static int walk(int directory, dev_t device, struct ownership *wanted) {
    int readable = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(directory);
    if (readable < 0) return errno == ENOENT ? 0 : -errno;
    struct place place = {readable, device, wanted, 0};
    int result = lodestar_list(readable, &place, visit);
    return place.result < 0 ? place.result : result;
}

int64_t lodestar_own_files(int root, int is_group, uint32_t from, uint32_t owner, int change, uint32_t to) {
    struct ownership wanted = {is_group, change, from, owner, to, 0};
    struct stat status;
    int start = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (start < 0) return -errno;
    if (fstat(start, &status) < 0) {
        int error = -errno;
        close(start);
        return error;
    }
    int result = meet(start, &status, &wanted);
    if (result < 0) {
        close(start);
        return result;
    }
    result = walk(start, status.st_dev, &wanted);
    return result < 0 ? result : wanted.count;
}
