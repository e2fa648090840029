// Ending what runs with an account's rights, from outside: the account's own processes cannot signal the one that ends them.
#define _GNU_SOURCE
#include "shim.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Whether a process has a number as its real, effective or saved one, and has not ended yet (proc_pid_status(5)).
static int is_of(pid_t process, uint32_t user) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", process);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    if (count <= 0) return 0;
    text[count] = 0;
    char *state = strstr(text, "\nState:"), *numbers = strstr(text, "\nUid:");
    if (!state || !numbers) return 0;
    state += strspn(state, "\nState: \t");
    if (*state == 'Z' || *state == 'X') return 0;
    uint32_t real, effective, saved;
    if (sscanf(numbers, "\nUid: %u %u %u", &real, &effective, &saved) != 3) return 0;
    return real == user || effective == user || saved == user;
}

// Sends a signal to all of them; a number that went to another process meanwhile is not hit, since the process is held by its
// descriptor before it is looked at. How many there are, or -errno.
static int signal_all(uint32_t user, int number) {
    DIR *folder = opendir("/proc");
    if (!folder) return -errno;
    int count = 0;
    struct dirent *entry;
    while ((entry = readdir(folder))) {
        if (!isdigit((unsigned char)entry->d_name[0])) continue;
        pid_t process = atoi(entry->d_name);
        if (process <= 1 || process == getpid()) continue;
        int held = syscall(SYS_pidfd_open, process, 0);
        if (is_of(process, user)) {
            count++;
            if (held >= 0) syscall(SYS_pidfd_send_signal, held, number, NULL, 0);
            else if (errno == ENOSYS) kill(process, number);
        }
        if (held >= 0) close(held);
    }
    closedir(folder);
    return count;
}

static void wait_a_moment(void) { nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL); }

int lodestar_count_processes(uint32_t user) { return signal_all(user, 0); }

int lodestar_end_processes(uint32_t user, int patience, int limit) {
    if (user == 0) return -EINVAL;
    int count = signal_all(user, SIGTERM);
    for (int waited = 0; count > 0 && waited < patience; waited += 50) {
        wait_a_moment();
        count = lodestar_count_processes(user);
    }
    // Stopped first: what is stopped neither forks nor wakes the others.
    for (int waited = 0; count > 0 && waited < limit; waited += 50) {
        signal_all(user, SIGSTOP);
        signal_all(user, SIGKILL);
        wait_a_moment();
        count = lodestar_count_processes(user);
    }
    return count;
}
