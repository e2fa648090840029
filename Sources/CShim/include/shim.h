#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "events.h"
#include "output.h"

// Where a function returns an int, a negative one is -errno.

// The name of an error number, such as EROFS, and what it means; NULL for an unknown one.
const char *lodestar_error_name(int number);
const char *lodestar_error_text(int number);

// A word that the program was started with; NULL behind the last.
const char *lodestar_argument(int index);

// The resolve flags of openat2(2).
enum {
    LODESTAR_NO_LINKS = 0x04,
    LODESTAR_BENEATH = 0x08,
    LODESTAR_IN_ROOT = 0x10,
};

// Whose rights a call on files has; uid 0 is the caller itself.
struct lodestar_identity {
    uint32_t uid;
    uint32_t gid;
};

// openat2(2) with the identity of `as`, repeated on EAGAIN and EINTR. O_CLOEXEC is always set.
int lodestar_open(int directory, const char *path, int flags, mode_t mode, uint64_t resolve, struct lodestar_identity as);
int lodestar_make_directory(int directory, const char *name, mode_t mode, struct lodestar_identity as);
int lodestar_make_link(const char *target, int directory, const char *name, struct lodestar_identity as);
int lodestar_remove(int directory, const char *name, int flags, struct lodestar_identity as);
// renameat2(2).
int lodestar_rename(int from_directory, const char *from, int to_directory, const char *to, unsigned flags,
                    struct lodestar_identity as);

// chown(2) and chmod(2) of what a descriptor, O_PATH too, stands for.
int lodestar_change_owner(int descriptor, uint32_t uid, uint32_t gid);
int lodestar_change_mode(int descriptor, mode_t mode);

// Opens, describes, reads and closes a regular file. The result is the number of bytes, of which at most `capacity` are
// in `buffer`; `status` is filled in whenever the file was opened. ENOTSUP: it is no regular file.
ssize_t lodestar_read_file(int directory, const char *path, struct stat *status, void *buffer, size_t capacity);

// The number of the file system that an entry is on, as statfs(2) tells it, in the lower 32 bits.
int64_t lodestar_file_system(int directory, const char *name);

// How many files on local file systems below `root` have an owner's number (a group's with `is_group`). With `change`
// each gets the number `to`, links themselves; nothing is followed.
// With `owner` other than UINT32_MAX, only those of that owner are meant.
int64_t lodestar_own_files(int root, int is_group, uint32_t from, uint32_t owner, int change, uint32_t to);

// fsync(2) of all descriptors, several at a time; each result stands in `results`.
void lodestar_sync_all(const int *descriptors, int *results, size_t count);

// Sees to it that a file can have `length` bytes without running out of room, and changes nothing that can be read.
int lodestar_reserve(int descriptor, int64_t length);

// Copies the extended attributes of one file to another, but those that seal a file's content.
int lodestar_copy_attributes(int from, int to);
// mknodat(2) of a device by its numbers. -1 and errno.
int lodestar_make_node(int directory, const char *name, mode_t mode, unsigned major, unsigned minor);
// Sets an extended attribute of an open file or, with a name, of what is in an open directory, itself where it is a link. -1 and errno.
int lodestar_set_attribute(int descriptor, const char *name, const char *attribute, const void *value, size_t length);
// Whether a path, which is not followed, has an access list (acl(5)): then its mode does not say who may write.
int lodestar_has_access_list(const char *path);
// Whether a file is immutable or append-only; 0 where the file system does not say.
int lodestar_is_immutable(int descriptor);

// The room of one file system in bytes; unknown where the file system did not answer in time.
struct lodestar_space {
    int is_known;
    uint64_t total;
    uint64_t available;
};

// Asks for the room of the file systems at some paths, in a child that is left behind where one does not answer within
// `each` milliseconds; all together have `all`.
void lodestar_ask_spaces(const char *const *paths, size_t count, int64_t each, int64_t all, struct lodestar_space *answers);

// Where programs are looked for that are named without a path, as PATH has it.
const char *lodestar_search_path(void);

struct lodestar_command {
    const char **arguments;
    const char **environment;
    // Below the new root, where there is one.
    const char *directory;
    // Another root to run in, with /proc and /dev mounted in a private mount namespace; NULL for none.
    const char *root;
    // Whether standard error stands apart from what is kept, in `errors`.
    int separates_errors;
    // How much of the beginning and how much of the end of the output is kept, and how much of the errors; 0: as usual.
    size_t output_half;
    // An interrupt waits for it: ended half-way, it would leave a mess.
    int must_finish;
    // Every file system read-only, no network, no privileges that could undo that.
    int is_guard;
    // A directory that a guard finds empty and may write to, in memory, without its first slash; NULL for none.
    const char *scratch;
    uint32_t uid;
    uint32_t gid;
    const gid_t *groups;
    size_t group_count;
    mode_t mask;
    const void *input;
    size_t input_length;
    // Open files that are its standard input, in place of `input`, and its standard output, of which nothing is kept then;
    // 0 for none.
    int input_file;
    int output_file;
    int64_t timeout_milliseconds;
    // The most bytes that a file may have that the program writes; 0 for no limit. Beyond it: SIGXFSZ.
    int64_t file_limit;
};

enum { LODESTAR_OUTPUT_HALF = 32768, LODESTAR_ERRORS = 1024 };

// The step that failed before the program ran.
enum lodestar_stage {
    LODESTAR_RAN,
    LODESTAR_NO_PROCESS,
    LODESTAR_NO_NAMESPACE,
    LODESTAR_NO_ROOT,
    LODESTAR_NO_IDENTITY,
    LODESTAR_NO_DIRECTORY,
    LODESTAR_NO_PROGRAM,
};

struct lodestar_outcome {
    enum lodestar_stage stage;
    int error;
    // As wait(2) tells it.
    int wait_status;
    int has_timed_out;
    int was_interrupted;
    // Standard output and error together.
    struct lodestar_output output;
    // The first bytes of standard error, where it stands apart.
    struct lodestar_output errors;
};

// Runs a program and waits for it. On a timeout, and on an interrupt, its process group is asked to end, and killed two
// seconds later. What is kept of the output is the caller's to free.
void lodestar_run(const struct lodestar_command *command, struct lodestar_outcome *outcome);

// A program that answers what it is asked, until it is ended.
struct lodestar_dialogue {
    pid_t process;
    int input;
    int output;
    int error;
};

// Starts a program; of the command, `input`, `timeout_milliseconds` and `separates_errors` do not count. Its standard error
// is lost. Any other result than LODESTAR_RAN: it was not executed, and `error` says why.
enum lodestar_stage lodestar_dialogue_begin(const struct lodestar_command *command, struct lodestar_dialogue *dialogue);
// Hands over all bytes. 0, or -errno: -EPIPE where the program has ended.
int lodestar_dialogue_tell(const struct lodestar_dialogue *dialogue, const void *bytes, size_t length);
// The number of the next bytes; 0 at the end. -ETIMEDOUT where none came in time, -ECANCELED at an interrupt.
ssize_t lodestar_dialogue_hear(const struct lodestar_dialogue *dialogue, void *buffer, size_t capacity, int timeout_milliseconds);
// Kills the program with its process group and waits for it.
void lodestar_dialogue_end(struct lodestar_dialogue *dialogue);

// The mount that a name in a directory is on, or the directory itself for an empty name; no link is followed, nothing is
// mounted for it (statx(2), STATX_MNT_ID; before Linux 5.8 the device). 0, or -errno.
int lodestar_mount_of(int directory, const char *name, uint64_t *mount);

// Opens a directory to list it, following links; a descriptor.
int lodestar_open_directory(const char *path);

enum { LODESTAR_KIND_OTHER, LODESTAR_KIND_FILE, LODESTAR_KIND_DIRECTORY, LODESTAR_KIND_UNKNOWN };

// Hands over each entry of a directory but `.` and `..`, and closes it. 0 at its end; a listing that fails on the way is a
// fault (readdir(3)).
int lodestar_list(int directory, void *context, void (*each)(void *context, const char *name, int kind));

// A write beyond the limit of a file's size fails instead of ending the process (setrlimit(2), RLIMIT_FSIZE).
void lodestar_ignore_full_files(void);

// From here on, the first SIGTERM, SIGINT or SIGHUP only asks: the running program is ended, unless it says that it must not
// be, and `lodestar_interrupt` tells the signal. A second one kills what runs and ends this process. 0, or -errno.
int lodestar_interrupts_watch(void);
// The signal that asked; 0 for none.
int lodestar_interrupt(void);

// The addresses of a host by /etc/hosts and DNS, and by no module that would have to be loaded: at most `capacity`, each of 16 bytes with
// its length (4 or 16) before it. Their number, or -errno: EAGAIN where no server answers, ENOENT where there is no such name.
int lodestar_look_up(const char *host, uint8_t (*addresses)[17], int capacity);

// Gives up root's rights for good, for those of nobody; the process ends after some seconds whatever it does. 0, or -errno.
int lodestar_become_nobody(void);
void lodestar_end_after(unsigned seconds);

// A TCP connection to an address of 4 or 16 bytes: the non-blocking socket, or -errno.
int lodestar_connect(const uint8_t *address, size_t length, uint16_t port, int timeout_milliseconds);

// syncfs(2) of the file system of a directory. 0, or -errno.
int lodestar_sync_file_system(int directory);

// Starts a program in a session of its own, whose parent is init: no terminal, no open files. 0, or -errno.
int lodestar_detach(char *const arguments[]);

// Takes back what was put into the environment for Swift's runtime before main.
void lodestar_forget_runtime_root(void);
// How many processes have an account's number as their real, effective or saved one and have not ended, or -errno.
int lodestar_count_processes(uint32_t user);

// Ends all of them: SIGTERM, then after `patience` milliseconds SIGKILL, again and again for `limit`
// milliseconds. 0, how many are left, or -errno.
int lodestar_end_processes(uint32_t user, int patience, int limit);


// Tells the kernel of a partition of a disk, in bytes, or, with a length of 0, to forget it (BLKPG, linux/blkpg.h). 0, or -errno.
int lodestar_tell_partition(int disk, int number, int64_t start, int64_t length);
