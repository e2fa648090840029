#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>

// What the shim and the keeper share.

// Milliseconds of a clock.
int64_t lodestar_milliseconds(clockid_t clock);
// The address of a local socket; a path that begins with @ is an abstract name (unix(7)). 0, or -errno.
int lodestar_address_of(const char *path, struct sockaddr_un *address, socklen_t *length);
// A listening local socket of a kind, with mode 0600; what is at the path is replaced.
int lodestar_listen(const char *path, int kind, int backlog);

// What a child does between clone(2) with CLONE_VM and execve(2), where it shares the parent's memory: system calls only.

// Whether a child has ended; it stays to be waited for. For kernels without pidfd_open(2), and where no descriptor is left.
int lodestar_has_ended(pid_t process);

// An input that ends at once: /dev/null, or an empty file in memory where a root has none.
int lodestar_open_nothing(void);

// Every signal gets its standard action.
void lodestar_reset_signals(void);
// No signal is blocked.
void lodestar_unblock_signals(void);
// Takes the identity by the plain system calls: the wrappers of the C library would change every thread of the parent.
int lodestar_take_identity(uint32_t uid, uint32_t gid, const gid_t *groups, size_t group_count);
// Executes a program, looked up in the fixed PATH; returns only on failure, with errno set.
void lodestar_execute(const char *const *arguments, const char *const *environment);
