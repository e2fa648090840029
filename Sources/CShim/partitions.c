#include "shim.h"

#include <errno.h>
#include <linux/blkpg.h>
#include <sys/ioctl.h>

int lodestar_tell_partition(int disk, int number, int64_t start, int64_t length) {
    struct blkpg_partition partition = {.start = start, .length = length, .pno = number};
    struct blkpg_ioctl_arg argument = {
        .op = length ? BLKPG_ADD_PARTITION : BLKPG_DEL_PARTITION,
        .datalen = sizeof partition,
        .data = &partition,
    };
    return ioctl(disk, BLKPG, &argument) < 0 ? -errno : 0;
}
