#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

struct open_how_v0 {
    uint64_t flags, mode, resolve;
};

const char *lodestar_error_name(int number) { return strerrorname_np(number); }

const char *lodestar_error_text(int number) { return strerrordesc_np(number); }

static int negated(long result) { return result < 0 ? -errno : (int)result; }

// setfsuid(2) and setfsgid(2) concern the calling thread only, and drop the capabilities that bypass file permissions.
static void begin(struct lodestar_identity as) {
    if (as.uid == 0) return;
    setfsgid(as.gid);
    setfsuid(as.uid);
}

static void end(struct lodestar_identity as) {
    if (as.uid == 0) return;
    int saved = errno;
    setfsuid(geteuid());
    setfsgid(getegid());
    errno = saved;
}

static int open_once(int directory, const char *path, int flags, mode_t mode, uint64_t resolve) {
    struct open_how_v0 how = {.flags = (uint64_t)(flags | O_CLOEXEC), .mode = mode, .resolve = resolve};
    for (int attempt = 0; attempt < 1000; attempt++) {
        long result = syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (result >= 0) return (int)result;
        if (errno != EAGAIN && errno != EINTR) return -errno;
    }
    return -EAGAIN;
}

int lodestar_open(int directory, const char *path, int flags, mode_t mode, uint64_t resolve, struct lodestar_identity as) {
    begin(as);
    int result = open_once(directory, path, flags, mode, resolve);
    end(as);
    return result;
}

int lodestar_make_directory(int directory, const char *name, mode_t mode, struct lodestar_identity as) {
    begin(as);
    int result = negated(mkdirat(directory, name, mode));
    end(as);
    return result;
}

int lodestar_make_link(const char *target, int directory, const char *name, struct lodestar_identity as) {
    begin(as);
    int result = negated(symlinkat(target, directory, name));
    end(as);
    return result;
}

int lodestar_remove(int directory, const char *name, int flags, struct lodestar_identity as) {
    begin(as);
    int result = negated(unlinkat(directory, name, flags));
    end(as);
    return result;
}

int lodestar_rename(int from_directory, const char *from, int to_directory, const char *to, unsigned flags,
                    struct lodestar_identity as) {
    begin(as);
    int result = negated(syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
    end(as);
    return result;
}

int lodestar_change_owner(int descriptor, uint32_t uid, uint32_t gid) {
    return negated(fchownat(descriptor, "", uid, gid, AT_EMPTY_PATH));
}

int lodestar_change_mode(int descriptor, mode_t mode) {
    if (fchmod(descriptor, mode) == 0) return 0;
    if (errno != EBADF) return -errno;
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return negated(chmod(path, mode));
}

ssize_t lodestar_read_file(int directory, const char *path, struct stat *status, void *buffer, size_t capacity) {
    int file = open_once(directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0, 0);
    if (file < 0) return file;
    ssize_t result = 0;
    if (fstat(file, status) < 0) {
        result = -errno;
    } else if (!S_ISREG(status->st_mode)) {
        result = -ENOTSUP;
    } else if ((size_t)status->st_size > capacity) {
        result = status->st_size;
    } else {
        while ((size_t)result < capacity) {
            ssize_t count = read(file, (char *)buffer + result, capacity - (size_t)result);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) result = -errno;
            if (count <= 0) break;
            result += count;
            if (result == status->st_size && (size_t)result < capacity && status->st_size > 0) break;
        }
    }
    close(file);
    return result;
}

struct sync_job {
    const int *descriptors;
    int *results;
    size_t count;
    atomic_size_t next;
};

static void *sync_some(void *argument) {
    struct sync_job *job = argument;
    for (;;) {
        size_t index = atomic_fetch_add(&job->next, 1);
        if (index >= job->count) return NULL;
        job->results[index] = negated(fsync(job->descriptors[index]));
    }
}

void lodestar_sync_all(const int *descriptors, int *results, size_t count) {
    enum { thread_limit = 16 };
    struct sync_job job = {.descriptors = descriptors, .results = results, .count = count};
    pthread_t threads[thread_limit];
    size_t started = 0;
    while (started + 1 < count && started < thread_limit) {
        if (pthread_create(&threads[started], NULL, sync_some, &job) != 0) break;
        started++;
    }
    sync_some(&job);
    for (size_t index = 0; index < started; index++) pthread_join(threads[index], NULL);
}

int lodestar_reserve(int descriptor, int64_t length) {
    if (length == 0 || fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, length) == 0) return 0;
    if (errno != EOPNOTSUPP && errno != ENOSYS) return -errno;
    struct statvfs system;
    struct stat status;
    if (fstatvfs(descriptor, &system) < 0 || fstat(descriptor, &status) < 0) return -errno;
    int64_t present = (int64_t)status.st_blocks * 512;
    uint64_t missing = length > present ? (uint64_t)(length - present) : 0;
    return missing / system.f_frsize >= system.f_bavail && missing > 0 ? -ENOSPC : 0;
}

static int is_bound_to_content(const char *name) {
    return strncmp(name, "trusted.", 8) == 0 || strcmp(name, "security.ima") == 0 || strcmp(name, "security.evm") == 0;
}

int lodestar_copy_attributes(int from, int to) {
    char names[65536], value[65536];
    ssize_t length = flistxattr(from, names, sizeof names);
    if (length < 0) return errno == ENOTSUP ? 0 : -errno;
    for (char *name = names; name < names + length; name += strlen(name) + 1) {
        if (is_bound_to_content(name)) continue;
        ssize_t size = fgetxattr(from, name, value, sizeof value);
        if (size < 0 && errno == ENODATA) continue;
        if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0) < 0) return -errno;
    }
    return 0;
}

int lodestar_has_access_list(const char *path) { return lgetxattr(path, "system.posix_acl_access", NULL, 0) > 0; }

int lodestar_is_immutable(int descriptor) {
    int flags = 0;
    return ioctl(descriptor, FS_IOC_GETFLAGS, &flags) == 0 && (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) != 0;
}

int64_t lodestar_file_system(int directory, const char *name) {
    struct statfs system;
    int descriptor = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int result = fstatfs(descriptor, &system) < 0 ? -errno : 0;
    close(descriptor);
    return result < 0 ? result : (int64_t)(system.f_type & 0xFFFFFFFF);
}

int lodestar_mount_of(int directory, const char *name, uint64_t *mount) {
    struct statx found;
    int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH;
    if (statx(directory, name, flags, STATX_MNT_ID, &found) < 0) return -errno;
    *mount = found.stx_mask & STATX_MNT_ID ? found.stx_mnt_id
                                           : (uint64_t)found.stx_dev_major << 32 | found.stx_dev_minor;
    return 0;
}
