#define _GNU_SOURCE
#include "child.h"
#include "process.h"
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mount.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// <sys/mount.h> and <linux/mount.h> do not go together in glibc 2.36.
extern int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data);
enum { mount_nosuid = 2, mount_nodev = 4, mount_noexec = 8, mount_bind = 4096, mount_recursive = 16384, mount_private = 1 << 18 };

struct start {
    const struct lodestar_command *command;
    volatile enum lodestar_stage stage;
    volatile int error;
    int input;
    int output;
    int error_output;
};

// Everything below, up to `child`, runs in the child, which shares the parent's memory until it executes: system calls only.

static int fail(struct start *start, enum lodestar_stage stage) {
    start->error = errno;
    start->stage = stage;
    _exit(127);
}

// Makes /proc/self/fd/N.
static void descriptor_path(char *path, int descriptor) {
    static const char prefix[] = "/proc/self/fd/";
    memcpy(path, prefix, sizeof prefix - 1);
    char digits[12];
    int count = 0;
    do digits[count++] = (char)('0' + descriptor % 10);
    while (descriptor /= 10);
    for (int index = 0; index < count; index++) path[sizeof prefix - 1 + index] = digits[count - 1 - index];
    path[sizeof prefix - 1 + count] = 0;
}

// Mounts on a directory of the working directory that is no link; a missing one is left out.
static int mount_on(const char *name, const char *source, const char *type, unsigned long flags) {
    int target = openat(AT_FDCWD, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (target < 0) return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
    char path[40];
    descriptor_path(path, target);
    int result = mount(source, path, type, flags, NULL);
    close(target);
    return result;
}

static void enter_root(struct start *start, const char *root) {
    // Its own mount: only the root of a mount can be made read-only with all that is below.
    if (mount(root, root, NULL, mount_bind | mount_recursive, NULL) < 0) fail(start, LODESTAR_NO_ROOT);
    if (chdir(root) < 0) fail(start, LODESTAR_NO_ROOT);
    if (mount_on("dev", "/dev", NULL, mount_bind | mount_recursive) < 0) fail(start, LODESTAR_NO_ROOT);
    if (mount_on("proc", "proc", "proc", mount_nosuid | mount_nodev | mount_noexec) < 0) fail(start, LODESTAR_NO_ROOT);
    if (chroot(".") < 0 || chdir("/") < 0) fail(start, LODESTAR_NO_ROOT);
}

// After this, no file system can be written or mounted, whatever the program is.
static void forbid_writing(struct start *start) {
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    if (syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attributes, sizeof attributes) < 0) {
        // In a plain chroot, / is no mount of its own: a copy of what is seen from here is.
        int tree = errno == EINVAL ? (int)syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE) : -1;
        if (tree < 0) fail(start, LODESTAR_NO_NAMESPACE);
        if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) < 0 ||
            fchdir(tree) < 0 || chroot(".") < 0 || chdir("/") < 0)
            fail(start, LODESTAR_NO_NAMESPACE);
    }
    // It keeps what reading as another user takes: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID.
    for (int capability = 0; capability < 64; capability++) {
        if (capability == 1 || capability == 2 || capability == 6 || capability == 7) continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 && errno != EINVAL) fail(start, LODESTAR_NO_NAMESPACE);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail(start, LODESTAR_NO_NAMESPACE);
}

static void take_identity(struct start *start, const struct lodestar_command *command) {
    if (lodestar_take_identity(command->uid, command->gid, command->groups, command->group_count) < 0) fail(start, LODESTAR_NO_IDENTITY);
}

static int child(void *argument) {
    struct start *start = argument;
    const struct lodestar_command *command = start->command;
    lodestar_reset_signals();
    syscall(SYS_setsid);
    if (dup2(start->input, 0) < 0 || dup2(start->output, 1) < 0 || dup2(start->error_output, 2) < 0) fail(start, LODESTAR_NO_PROCESS);
    if (command->root || command->is_guard) {
        if (mount(NULL, "/", NULL, mount_recursive | mount_private, NULL) < 0) fail(start, LODESTAR_NO_NAMESPACE);
    }
    if (command->root) enter_root(start, command->root);
    if (command->is_guard) forbid_writing(start);
    if (command->is_guard && command->scratch) {
        if (chdir("/") < 0 || mount_on(command->scratch, "none", "tmpfs", mount_nosuid | mount_nodev | mount_noexec) < 0)
            fail(start, LODESTAR_NO_NAMESPACE);
    }
    take_identity(start, command);
    if (command->file_limit > 0) {
        uint64_t limits[2] = {(uint64_t)command->file_limit, (uint64_t)command->file_limit};
        if (syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, limits, NULL) < 0) fail(start, LODESTAR_NO_PROCESS);
    }
    syscall(SYS_close_range, 3U, ~0U, 0U);
    umask(command->mask);
    if (chdir(command->directory) < 0) fail(start, LODESTAR_NO_DIRECTORY);
    lodestar_unblock_signals();
    lodestar_execute(command->arguments, command->environment);
    return fail(start, LODESTAR_NO_PROGRAM);
}

static int64_t now(void) { return lodestar_milliseconds(CLOCK_MONOTONIC); }

static int input_descriptor(const struct lodestar_command *command) {
    if (command->input_file > 0) return fcntl(command->input_file, F_DUPFD_CLOEXEC, 3);
    if (!command->input) return lodestar_open_nothing();
    int file = memfd_create("input", MFD_CLOEXEC);
    size_t written = 0;
    while (file >= 0 && written < command->input_length) {
        ssize_t count = pwrite(file, (const char *)command->input + written, command->input_length - written, (off_t)written);
        if (count < 0 && errno != EINTR) {
            close(file);
            return -1;
        }
        if (count > 0) written += (size_t)count;
    }
    return file;
}

// Reads what is there. Returns 0 at the end of the output.
static int drain(int descriptor, struct lodestar_output *output) {
    char bytes[16384];
    for (;;) {
        ssize_t count = read(descriptor, bytes, sizeof bytes);
        if (count > 0) lodestar_output_keep(output, bytes, (size_t)count);
        else if (count == 0) return 0;
        else if (errno != EINTR) return 1;
    }
}

// Waits for the program itself; what it left behind in the background may keep the output open.
static void attend(
    pid_t process, int handle, int output, int errors, const struct lodestar_command *command, struct lodestar_outcome *outcome) {
    int64_t deadline = now() + command->timeout_milliseconds;
    int is_open = 1, has_errors = errors >= 0, is_killed = 0;
    int interrupts = command->must_finish ? -1 : lodestar_interrupt_descriptor();
    // Without a handle nothing wakes: the process is asked, soon at first and then seldom.
    int64_t longest = handle < 0 ? 1 : 60000;
    for (;;) {
        struct pollfd waits[4] = {
            {.fd = handle, .events = POLLIN},
            {.fd = is_open ? output : -1, .events = POLLIN},
            {.fd = has_errors ? errors : -1, .events = POLLIN},
            {.fd = interrupts, .events = POLLIN},
        };
        int64_t left = deadline - now();
        int ready = poll(waits, 4, left < 0 ? 0 : left > longest ? (int)longest : (int)left);
        if (is_open && ready > 0 && waits[1].revents) is_open = drain(output, &outcome->output);
        if (has_errors && ready > 0 && waits[2].revents) has_errors = drain(errors, &outcome->errors);
        if (handle < 0 ? lodestar_has_ended(process) : ready > 0 && waits[0].revents) break;
        if (handle < 0 && longest < 50) longest *= 2;
        if (ready > 0 && waits[3].revents) {
            outcome->was_interrupted = 1;
            interrupts = -1;
            deadline = now();
        }
        if (now() < deadline) continue;
        outcome->has_timed_out = !outcome->was_interrupted;
        kill(-process, is_killed ? SIGKILL : SIGTERM);
        deadline = now() + 2000;
        is_killed = 1;
    }
    if (outcome->has_timed_out || outcome->was_interrupted) kill(-process, SIGKILL);
    if (is_open) drain(output, &outcome->output);
    if (has_errors) drain(errors, &outcome->errors);
    while (waitpid(process, &outcome->wait_status, 0) < 0 && errno == EINTR) {}
}

static pid_t started_process(struct start *start) {
    const size_t stack_size = 65536;
    char *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return -1;
    int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
    if (start->command->root || start->command->is_guard) flags |= CLONE_NEWNS;
    if (start->command->is_guard) flags |= CLONE_NEWNET | CLONE_NEWIPC;
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pid_t process = clone(child, stack + stack_size, flags, start);
    int saved = errno;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    munmap(stack, stack_size);
    errno = saved;
    return process;
}

void lodestar_run(const struct lodestar_command *command, struct lodestar_outcome *outcome) {
    size_t half = command->output_half ? command->output_half : LODESTAR_OUTPUT_HALF;
    *outcome = (struct lodestar_outcome){
        .output = {.head_limit = half, .tail_limit = half},
        .errors = {.head_limit = command->output_half ? command->output_half : LODESTAR_ERRORS}};
    struct start start = {.command = command, .stage = LODESTAR_RAN, .input = -1, .output = -1};
    int pipes[2] = {-1, -1}, errors[2] = {-1, -1}, handle = -1;
    pid_t process = -1;
    start.input = input_descriptor(command);
    if (start.input >= 0 && pipe2(pipes, O_CLOEXEC) == 0 && fcntl(pipes[0], F_SETFL, O_NONBLOCK) == 0 &&
        (!command->separates_errors || (pipe2(errors, O_CLOEXEC) == 0 && fcntl(errors[0], F_SETFL, O_NONBLOCK) == 0))) {
        start.output = command->output_file > 0 ? command->output_file : pipes[1];
        start.error_output = command->separates_errors ? errors[1] : pipes[1];
        process = started_process(&start);
    }
    if (process < 0) {
        outcome->error = errno;
        int is_private = command->root || command->is_guard;
        outcome->stage = is_private && (errno == EPERM || errno == EINVAL || errno == ENOSPC) ? LODESTAR_NO_NAMESPACE : LODESTAR_NO_PROCESS;
    }
    if (start.input >= 0) close(start.input);
    if (pipes[1] >= 0) close(pipes[1]);
    if (errors[1] >= 0) close(errors[1]);
    if (process > 0) {
        handle = (int)syscall(SYS_pidfd_open, process, 0);
        if (start.stage == LODESTAR_RAN) {
            lodestar_attend_group(command->must_finish ? 0 : process);
            attend(process, handle, pipes[0], errors[0], command, outcome);
            lodestar_attend_group(0);
        } else {
            while (waitpid(process, &outcome->wait_status, 0) < 0 && errno == EINTR) {}
        }
        outcome->stage = start.stage;
        outcome->error = start.error;
    }
    if (handle >= 0) close(handle);
    if (pipes[0] >= 0) close(pipes[0]);
    if (errors[0] >= 0) close(errors[0]);
}

// A dialogue: what is asked goes through a socket, so that a program that has ended raises no signal here.

enum lodestar_stage lodestar_dialogue_begin(const struct lodestar_command *command, struct lodestar_dialogue *dialogue) {
    *dialogue = (struct lodestar_dialogue){.process = -1, .input = -1, .output = -1};
    struct start start = {.command = command, .stage = LODESTAR_NO_PROCESS, .input = -1, .output = -1, .error_output = -1};
    int ends[2] = {-1, -1}, pipes[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 && pipe2(pipes, O_CLOEXEC) == 0 &&
        fcntl(pipes[0], F_SETFL, O_NONBLOCK) == 0 && (start.error_output = open("/dev/null", O_WRONLY | O_CLOEXEC)) >= 0) {
        start.stage = LODESTAR_RAN;
        start.input = ends[1];
        start.output = pipes[1];
        dialogue->process = started_process(&start);
        if (dialogue->process < 0) start.stage = LODESTAR_NO_PROCESS;
    }
    dialogue->error = start.error ? start.error : errno;
    if (ends[1] >= 0) close(ends[1]);
    if (pipes[1] >= 0) close(pipes[1]);
    if (start.error_output >= 0) close(start.error_output);
    dialogue->input = ends[0];
    dialogue->output = pipes[0];
    if (start.stage != LODESTAR_RAN) lodestar_dialogue_end(dialogue);
    return start.stage;
}

int lodestar_dialogue_tell(const struct lodestar_dialogue *dialogue, const void *bytes, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t count = send(dialogue->input, (const char *)bytes + done, length - done, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) return -errno;
        if (count > 0) done += (size_t)count;
    }
    return 0;
}

ssize_t lodestar_dialogue_hear(const struct lodestar_dialogue *dialogue, void *buffer, size_t capacity, int timeout_milliseconds) {
    int64_t deadline = now() + timeout_milliseconds;
    for (;;) {
        ssize_t count = read(dialogue->output, buffer, capacity);
        if (count >= 0) return count;
        if (errno != EAGAIN && errno != EINTR) return -errno;
        if (lodestar_interrupt()) return -ECANCELED;
        int64_t left = deadline - now();
        if (left <= 0) return -ETIMEDOUT;
        struct pollfd waits[2] = {
            {.fd = dialogue->output, .events = POLLIN},
            {.fd = lodestar_interrupt_descriptor(), .events = POLLIN},
        };
        poll(waits, 2, (int)left);
    }
}

void lodestar_dialogue_end(struct lodestar_dialogue *dialogue) {
    if (dialogue->input >= 0) close(dialogue->input);
    if (dialogue->output >= 0) close(dialogue->output);
    if (dialogue->process > 0) {
        int status;
        kill(-dialogue->process, SIGKILL);
        while (waitpid(dialogue->process, &status, 0) < 0 && errno == EINTR) {}
    }
    *dialogue = (struct lodestar_dialogue){.process = -1, .input = -1, .output = -1, .error = dialogue->error};
}
