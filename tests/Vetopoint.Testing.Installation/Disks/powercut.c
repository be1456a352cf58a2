// Stands between a process and its files (LD_PRELOAD) and keeps, in a second folder, what a disk would hold if the power were cut at this moment:
// a file's content as it was at the file's last sync, and a folder's names as they were at the folder's last sync. A file's own name becomes durable with
// its first sync, as on ext4, XFS and Btrfs; renaming and removing become durable only when the folder is synced.
//
//   POWER_CUT_ROOT   the folder that is watched: absolute, without links
//   POWER_CUT_DISK   the folder that holds what is durable
//   POWER_CUT_AT     end the process (SIGKILL) at this sync or renaming, counted from 1: odd ones before it took effect, even ones after
//   POWER_CUT_LIES   set to anything: syncs answer that all is well, and nothing becomes durable
//
// The real sync is left out: the process and the machine go on, so only the order of calls counts here.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct renaming {
    char from[PATH_MAX];
    char to[PATH_MAX];
    struct renaming *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *root, *disk;
static int lies;
static long at, calls;
static struct renaming *pending; // in the order in which they happened

static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);
static void *(*real_dlsym)(void *, const char *);

static void fail(const char *what, const char *path) {
    fprintf(stderr, "powercut: %s `%s`: %s\n", what, path, strerror(errno));
    abort();
}

static void find_real(void) {
    static const char *versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5", NULL};
    for (int n = 0; versions[n] && !real_dlsym; n++)
        real_dlsym = dlvsym(RTLD_NEXT, "dlsym", versions[n]);
    if (!real_dlsym)
        abort();
    real_fsync = real_dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = real_dlsym(RTLD_NEXT, "fdatasync");
    real_rename = real_dlsym(RTLD_NEXT, "rename");
}

__attribute__((constructor)) static void start(void) {
    if (!real_dlsym)
        find_real();
    root = getenv("POWER_CUT_ROOT");
    disk = getenv("POWER_CUT_DISK");
    lies = getenv("POWER_CUT_LIES") != NULL;
    at = getenv("POWER_CUT_AT") ? atol(getenv("POWER_CUT_AT")) : 0;
    if (!disk)
        root = NULL;
}

// The path below the root, "" for the root itself; NULL for any other.
static const char *below(const char *path) {
    size_t length = strlen(root);
    if (strncmp(path, root, length) != 0 || (path[length] != '/' && path[length] != 0))
        return NULL;
    return path[length] ? path + length + 1 : path + length;
}

static void on_disk(char *out, const char *relative) {
    if (snprintf(out, PATH_MAX, "%s/%s", disk, relative) >= PATH_MAX)
        abort();
}

static void join(char *out, const char *folder, const char *relative, const char *name) {
    if (snprintf(out, PATH_MAX, "%s/%s%s%s", folder, relative, *relative ? "/" : "", name) >= PATH_MAX)
        abort();
}

static void make_folders(const char *path) {
    char part[PATH_MAX];
    strcpy(part, path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            fail("mkdir", part);
        *slash = '/';
    }
}

static void copy(int from, const char *to, mode_t mode) {
    static char buffer[1 << 20];
    char unfinished[PATH_MAX];
    if (snprintf(unfinished, PATH_MAX, "%s.copying~", to) >= PATH_MAX)
        abort();
    make_folders(to);
    int file = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0)
        fail("open", unfinished);
    off_t done = 0;
    for (ssize_t count; (count = pread(from, buffer, sizeof buffer, done)) != 0; done += count) {
        if (count < 0 || write(file, buffer, (size_t)count) != count)
            fail("copy", unfinished);
    }
    fchmod(file, mode & 07777);
    close(file);
    // Whole or not at all: the process may be killed here as well.
    if (real_rename(unfinished, to) != 0)
        fail("rename", to);
}

static void empty_file(const char *path, mode_t mode) {
    make_folders(path);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode & 07777);
    if (file < 0)
        fail("open", path);
    close(file);
}

static int is_directly_in(const char *folder, const char *relative) {
    const char *slash = strrchr(relative, '/');
    size_t length = slash ? (size_t)(slash - relative) : 0;
    return strlen(folder) == length && strncmp(folder, relative, length) == 0;
}

static void sync_file(int file, const char *path, const char *relative, mode_t mode) {
    char to[PATH_MAX];
    on_disk(to, relative);
    // The descriptor itself, if it can be read: closing another one of the same file would drop this process's locks on it.
    int readable = (fcntl(file, F_GETFL) & O_ACCMODE) != O_WRONLY;
    int from = readable ? file : open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        fail("open", path);
    copy(from, to, mode);
    if (!readable)
        close(from);
}

static void sync_folder(const char *path, const char *relative) {
    char one[PATH_MAX], other[PATH_MAX];
    struct stat found;
    for (struct renaming **next = &pending; *next;) {
        struct renaming *renaming = *next;
        if (!is_directly_in(relative, renaming->to)) {
            next = &renaming->next;
            continue;
        }
        on_disk(one, renaming->from);
        on_disk(other, renaming->to);
        if (stat(one, &found) == 0)
            real_rename(one, other);
        else
            empty_file(other, 0600); // renamed before its content was synced
        *next = renaming->next;
        free(renaming);
    }

    // What has a name now keeps it, be it with no content; what was removed is gone.
    DIR *names = opendir(path);
    if (!names)
        return;
    for (struct dirent *name; (name = readdir(names));) {
        struct stat durable;
        if (strcmp(name->d_name, ".") == 0 || strcmp(name->d_name, "..") == 0)
            continue;
        join(one, path, "", name->d_name);
        join(other, disk, relative, name->d_name);
        if (lstat(one, &found) != 0 || stat(other, &durable) == 0)
            continue;
        if (S_ISDIR(found.st_mode)) {
            make_folders(other);
            mkdir(other, 0700);
        } else if (S_ISREG(found.st_mode)) {
            empty_file(other, found.st_mode);
        }
    }
    closedir(names);

    on_disk(one, relative);
    names = opendir(one);
    if (!names)
        return;
    for (struct dirent *name; (name = readdir(names));) {
        join(one, path, "", name->d_name);
        join(other, disk, relative, name->d_name);
        if (lstat(one, &found) != 0 && !strstr(name->d_name, ".copying~"))
            unlink(other); // a folder stays; what was in it went one by one
    }
    closedir(names);
}

// Both with the lock held.
static void before_call(void) {
    if (++calls == at && at % 2 == 1)
        kill(getpid(), SIGKILL);
}

static void after_call(void) {
    if (calls == at && at % 2 == 0)
        kill(getpid(), SIGKILL);
}

static int synced(int file, int (*real)(int)) {
    char link[64], path[PATH_MAX];
    struct stat found;
    if (!root)
        return real(file);
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0 || fstat(file, &found) != 0)
        return real(file);
    path[length] = 0;
    const char *relative = below(path);
    if (!relative || found.st_nlink == 0)
        return real(file);
    pthread_mutex_lock(&lock);
    before_call();
    if (!lies) {
        if (S_ISDIR(found.st_mode))
            sync_folder(path, relative);
        else if (S_ISREG(found.st_mode))
            sync_file(file, path, relative, found.st_mode);
    }
    after_call();
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int file) { return synced(file, real_fsync); }

int fdatasync(int file) { return synced(file, real_fdatasync); }

int rename(const char *from, const char *to) {
    const char *old = root && from[0] == '/' ? below(from) : NULL;
    const char *new = root && to[0] == '/' ? below(to) : NULL;
    if (!old || !new)
        return real_rename(from, to);
    pthread_mutex_lock(&lock);
    before_call();
    int code = real_rename(from, to);
    if (code == 0) {
        struct renaming *renaming = calloc(1, sizeof *renaming);
        struct renaming **last = &pending;
        if (!renaming)
            abort();
        strcpy(renaming->from, old);
        strcpy(renaming->to, new);
        while (*last)
            last = &(*last)->next;
        *last = renaming;
    }
    after_call();
    pthread_mutex_unlock(&lock);
    return code;
}

// Whoever looks these up by name, as P/Invoke does, gets the same.
void *dlsym(void *handle, const char *name) {
    if (!real_dlsym)
        find_real();
    if (strcmp(name, "fsync") == 0)
        return (void *)fsync;
    if (strcmp(name, "fdatasync") == 0)
        return (void *)fdatasync;
    if (strcmp(name, "rename") == 0)
        return (void *)rename;
    return real_dlsym(handle, name);
}
