#define _GNU_SOURCE
#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { RECEIVE_SIZE = 65536 };

int lodestar_netlink_open(void) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (descriptor < 0) return -errno;
    struct timeval limit = {.tv_sec = 5};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

static int ask(int descriptor, uint16_t type, uint8_t family) {
    struct {
        struct nlmsghdr header;
        struct ifinfomsg body;
        struct rtattr attribute;
        uint32_t mask;
    } request;
    memset(&request, 0, sizeof request);
    request.header.nlmsg_type = type;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.header.nlmsg_seq = type;
    request.body.ifi_family = family;
    // The body of each of the four requests begins with its family and is no longer than struct ifinfomsg. Statistics
    // would be half of the answer.
    request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.body);
    if (type == RTM_GETLINK) {
        request.attribute.rta_type = IFLA_EXT_MASK;
        request.attribute.rta_len = RTA_LENGTH(sizeof request.mask);
        request.mask = RTEXT_FILTER_SKIP_STATS;
        request.header.nlmsg_len = sizeof request;
    }
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t sent = sendto(descriptor, &request, request.header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof kernel);
    return sent < 0 ? errno : 0;
}

// Takes the messages of one datagram over; 1 when the dump is done.
static int take(struct lodestar_dump *dump, size_t *capacity, size_t limit, uint16_t type, const uint8_t *data, size_t length) {
    size_t position = 0;
    while (length - position >= sizeof(struct nlmsghdr)) {
        struct nlmsghdr header;
        memcpy(&header, data + position, sizeof header);
        if (header.nlmsg_len < sizeof header || header.nlmsg_len > length - position) return 1;
        if (header.nlmsg_seq == type) {
            if (header.nlmsg_flags & NLM_F_DUMP_INTR) dump->is_inconsistent = 1;
            if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) {
                int error = 0;
                if (header.nlmsg_len >= sizeof header + sizeof error) memcpy(&error, data + position + sizeof header, sizeof error);
                if (error < 0) dump->error = -error;
                return 1;
            }
            size_t size = NLMSG_ALIGN(header.nlmsg_len);
            if (size > limit - dump->length) {
                dump->is_cut = 1;
                return 1;
            }
            if (dump->length + size > *capacity) {
                size_t wanted = *capacity * 2 > dump->length + size ? *capacity * 2 : dump->length + size;
                uint8_t *grown = realloc(dump->bytes, wanted);
                if (!grown) {
                    dump->error = ENOMEM;
                    return 1;
                }
                dump->bytes = grown;
                *capacity = wanted;
            }
            memset(dump->bytes + dump->length, 0, size);
            memcpy(dump->bytes + dump->length, data + position, header.nlmsg_len);
            dump->length += size;
        }
        size_t step = NLMSG_ALIGN(header.nlmsg_len);
        if (step > length - position) return 0;
        position += step;
    }
    return 0;
}

struct lodestar_dump lodestar_netlink_dump(int descriptor, uint16_t type, uint8_t family, size_t limit) {
    struct lodestar_dump dump = {0};
    size_t capacity = 16384;
    uint8_t *buffer = malloc(RECEIVE_SIZE);
    dump.bytes = malloc(capacity);
    if (!buffer || !dump.bytes) dump.error = ENOMEM;
    if (!dump.error) dump.error = ask(descriptor, type, family);
    while (!dump.error) {
        struct sockaddr_nl from;
        socklen_t size = sizeof from;
        ssize_t count = recvfrom(descriptor, buffer, RECEIVE_SIZE, 0, (struct sockaddr *)&from, &size);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            dump.error = count < 0 ? errno : EIO;
            break;
        }
        // Only the kernel itself is believed.
        if (from.nl_pid != 0) continue;
        if (take(&dump, &capacity, limit, type, buffer, (size_t)count)) break;
    }
    free(buffer);
    return dump;
}

void lodestar_dump_free(struct lodestar_dump dump) { free(dump.bytes); }
