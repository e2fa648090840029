#pragma once

#include <stddef.h>

// What is kept of a program's output: its first bytes and its last ones; what lies between is left out.
struct lodestar_output {
    size_t head_limit;
    // 0: only the first bytes are kept.
    size_t tail_limit;
    size_t head_length;
    size_t tail_length;
    size_t total_length;
    char *head;
    // Twice the limit, so that bytes move once for each tail's worth of them.
    char *tail_buffer;
    size_t tail_used;
};

// Keeps what has come; without memory only its length.
void lodestar_output_keep(struct lodestar_output *output, const char *bytes, size_t count);
// The last bytes, `tail_length` of them.
const char *lodestar_output_tail(const struct lodestar_output *output);
void lodestar_output_free(struct lodestar_output *output);
