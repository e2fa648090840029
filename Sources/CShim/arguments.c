#include "shim.h"

static int argument_count;
static char **argument_list;

// The C library hands what main gets to each constructor: nothing has to be read from /proc.
__attribute__((constructor)) static void keep_arguments(int count, char **list) {
    argument_count = count;
    argument_list = list;
}

const char *lodestar_argument(int index) { return index >= 0 && index < argument_count ? argument_list[index] : NULL; }
