/* A source of accounts for nsswitch.conf(5), for tests: libnss_law.so.2. It knows lana, ltaken and the group lgroup, writes
 * a line for each question into /asked, and does not answer while /hang is there. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct { const char *name; uid_t uid; gid_t gid; const char *home; } people[] = {
    {"lana", 70001, 70100, "/home/lana"}, {"ltaken", 1000, 70100, "/"},
};
static const struct { const char *name; gid_t gid; } groups[] = {{"lgroup", 70100}, {"lmore", 70101}};

static void note(const char *what, const char *name, unsigned number) {
    int file = open("/asked", O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (file >= 0) { dprintf(file, "%s %s %u\n", what, name, number); close(file); }
    while (access("/hang", F_OK) == 0) sleep(1);
}

static enum nss_status person(int index, struct passwd *entry, char *buffer, size_t length, int *error) {
    int used = snprintf(buffer, length, "%s", people[index].name);
    if (used + 64 > (int)length) { *error = ERANGE; return NSS_STATUS_TRYAGAIN; }
    char *home = buffer + used + 1;
    strcpy(home, people[index].home);
    *entry = (struct passwd){buffer, "x", people[index].uid, people[index].gid, "", home, "/bin/sh"};
    return NSS_STATUS_SUCCESS;
}
static enum nss_status crowd(int index, struct group *entry, char *buffer, size_t length, int *error) {
    if (length < 128) { *error = ERANGE; return NSS_STATUS_TRYAGAIN; }
    char **members = (char **)(((unsigned long)buffer + 15) & ~15ul);
    char *name = (char *)(members + 1);
    members[0] = NULL;
    strcpy(name, groups[index].name);
    *entry = (struct group){name, "x", groups[index].gid, members};
    return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_law_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t length, int *error) {
    note("passwd", name, 0);
    for (int i = 0; i < 2; i++) if (!strcmp(name, people[i].name)) return person(i, entry, buffer, length, error);
    return NSS_STATUS_NOTFOUND;
}
enum nss_status _nss_law_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t length, int *error) {
    note("passwd", "", uid);
    for (int i = 0; i < 2; i++) if (uid == people[i].uid) return person(i, entry, buffer, length, error);
    return NSS_STATUS_NOTFOUND;
}
enum nss_status _nss_law_getgrnam_r(const char *name, struct group *entry, char *buffer, size_t length, int *error) {
    note("group", name, 0);
    for (int i = 0; i < 2; i++) if (!strcmp(name, groups[i].name)) return crowd(i, entry, buffer, length, error);
    return NSS_STATUS_NOTFOUND;
}
enum nss_status _nss_law_getgrgid_r(gid_t gid, struct group *entry, char *buffer, size_t length, int *error) {
    note("group", "", gid);
    for (int i = 0; i < 2; i++) if (gid == groups[i].gid) return crowd(i, entry, buffer, length, error);
    return NSS_STATUS_NOTFOUND;
}
enum nss_status _nss_law_initgroups_dyn(const char *name, gid_t gid, long *start, long *size, gid_t **list, long limit,
                                        int *error) {
    (void)gid, (void)size, (void)limit, (void)error;
    note("initgroups", name, 0);
    if (strcmp(name, "lana")) return NSS_STATUS_NOTFOUND;
    (*list)[(*start)++] = 70101;
    return NSS_STATUS_SUCCESS;
}
