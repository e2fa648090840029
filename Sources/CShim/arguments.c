#include "shim.h"

#include <stdlib.h>

static int argument_count;
static char **argument_list;

// The C library hands what main gets to each constructor: nothing has to be read from /proc.
__attribute__((constructor)) static void keep_arguments(int count, char **list) {
    argument_count = count;
    argument_list = list;
}

static int has_root;

// Swift's runtime looks for its own folder before main (stdlib/public/runtime/Paths.cpp), and aborts where /proc/self/exe cannot
// be read. A static program has no such folder; the name of one keeps it from looking. This comes before its initializers.
__attribute__((constructor(101))) static void name_a_root(void) {
    has_root = getenv("SWIFT_ROOT") == NULL && setenv("SWIFT_ROOT", "/", 0) == 0;
}

void lodestar_forget_runtime_root(void) {
    if (has_root) unsetenv("SWIFT_ROOT");
}

const char *lodestar_argument(int index) { return index >= 0 && index < argument_count ? argument_list[index] : NULL; }
