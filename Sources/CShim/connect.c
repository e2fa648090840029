#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// The end of a connection attempt that is under way: 0, or -errno.
static int await(int descriptor, int timeout_milliseconds) {
    struct pollfd entry = {.fd = descriptor, .events = POLLOUT};
    int count = poll(&entry, 1, timeout_milliseconds);
    if (count < 0) return -errno;
    if (count == 0) return -ETIMEDOUT;
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    return -error;
}

int lodestar_connect(const uint8_t *address, size_t length, uint16_t port, int timeout_milliseconds) {
    struct sockaddr_storage storage;
    memset(&storage, 0, sizeof storage);
    socklen_t size;
    if (length == 4) {
        struct sockaddr_in *target = (struct sockaddr_in *)&storage;
        target->sin_family = AF_INET;
        target->sin_port = htons(port);
        memcpy(&target->sin_addr, address, length);
        size = sizeof *target;
    } else if (length == 16) {
        struct sockaddr_in6 *target = (struct sockaddr_in6 *)&storage;
        target->sin6_family = AF_INET6;
        target->sin6_port = htons(port);
        memcpy(&target->sin6_addr, address, length);
        size = sizeof *target;
    } else {
        return -EAFNOSUPPORT;
    }
    int descriptor = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -errno;
    int result = connect(descriptor, (struct sockaddr *)&storage, size) < 0 ? -errno : 0;
    if (result == -EINPROGRESS) result = await(descriptor, timeout_milliseconds);
    if (result < 0) {
        close(descriptor);
        return result;
    }
    return descriptor;
}
