#define _GNU_SOURCE
#include "shim.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int lodestar_open_directory(const char *path) {
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory < 0 ? -errno : directory;
}

static int kind_of(const struct dirent *entry) {
    switch (entry->d_type) {
    case DT_REG: return LODESTAR_KIND_FILE;
    case DT_DIR: return LODESTAR_KIND_DIRECTORY;
    case DT_UNKNOWN: return LODESTAR_KIND_UNKNOWN;
    default: return LODESTAR_KIND_OTHER;
    }
}

int lodestar_list(int directory, void *context, void (*each)(void *context, const char *name, int kind)) {
    DIR *stream = fdopendir(directory);
    if (!stream) {
        int error = -errno;
        close(directory);
        return error;
    }
    int result = 0;
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry) {
            result = -errno;
            break;
        }
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) each(context, entry->d_name, kind_of(entry));
    }
    closedir(stream);
    return result;
}

int lodestar_sync_file_system(int directory) {
    // The root is held by a descriptor that cannot be written through.
    int readable = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (readable < 0) return -errno;
    int result = syncfs(readable) < 0 ? -errno : 0;
    close(readable);
    return result;
}
