#include "output.h"

#include <stdlib.h>
#include <string.h>

void lodestar_output_keep(struct lodestar_output *output, const char *bytes, size_t count) {
    output->total_length += count;
    size_t room = output->head_limit - output->head_length, part = count < room ? count : room;
    if (part > 0) {
        if (!output->head && !(output->head = malloc(output->head_limit))) return;
        memcpy(output->head + output->head_length, bytes, part);
        output->head_length += part;
        bytes += part;
        count -= part;
    }
    const size_t limit = output->tail_limit;
    if (count == 0 || limit == 0) return;
    if (!output->tail_buffer && !(output->tail_buffer = malloc(limit * 2))) return;
    if (count > limit) {
        bytes += count - limit;
        count = limit;
    }
    if (output->tail_used + count > limit * 2) {
        memmove(output->tail_buffer, output->tail_buffer + output->tail_used - limit, limit);
        output->tail_used = limit;
    }
    memcpy(output->tail_buffer + output->tail_used, bytes, count);
    output->tail_used += count;
    output->tail_length = output->tail_used < limit ? output->tail_used : limit;
}

const char *lodestar_output_tail(const struct lodestar_output *output) {
    return output->tail_buffer ? output->tail_buffer + output->tail_used - output->tail_length : NULL;
}

void lodestar_output_free(struct lodestar_output *output) {
    free(output->head);
    free(output->tail_buffer);
    *output = (struct lodestar_output){0};
}
