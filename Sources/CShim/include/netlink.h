#pragma once

#include <stddef.h>
#include <stdint.h>

// The answer to one dump of rtnetlink(7): the messages one after another, without the one that ends it.
struct lodestar_dump {
    uint8_t *bytes;
    size_t length;
    // 0, or the number of the error that ended it.
    int error;
    // Whether the kernel changed something in between (NLM_F_DUMP_INTR), or the limit was reached.
    int is_inconsistent;
    int is_cut;
};

// A socket of NETLINK_ROUTE; a negative one is -errno.
int lodestar_netlink_open(void);
// Asks for all objects of a type (RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETRULE) and family. Free with
// lodestar_dump_free.
struct lodestar_dump lodestar_netlink_dump(int descriptor, uint16_t type, uint8_t family, size_t limit);
void lodestar_dump_free(struct lodestar_dump dump);
