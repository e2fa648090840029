#pragma once

#include <sys/types.h>

// Becomes readable with the first interrupt; -1 where none is watched for.
int lodestar_interrupt_descriptor(void);
// The process group that a second interrupt kills; 0 for none.
void lodestar_attend_group(pid_t process);
