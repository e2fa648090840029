#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

int lodestar_make_node(int directory, const char *name, mode_t mode, unsigned major, unsigned minor) {
    return mknodat(directory, name, mode, makedev(major, minor));
}

int lodestar_set_attribute(int descriptor, const char *name, const char *attribute, const void *value, size_t length) {
    if (!name) return fsetxattr(descriptor, attribute, value, length, 0);
    // No call takes a directory and a name that is not followed; a descriptor in /proc is followed, and what comes behind it is not.
    char path[320];
    int count = snprintf(path, sizeof path, "/proc/self/fd/%d/%s", descriptor, name);
    if (count < 0 || (size_t)count >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return lsetxattr(path, attribute, value, length, 0);
}
