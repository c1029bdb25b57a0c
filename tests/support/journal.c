/* A journal of all that a program does to the files below a directory, and of what it says to sockets, in the order in
 * which it does so. What a disk would have of it after a power cut is worked out from that by `journal.rs`.
 *
 * JOURNAL_ROOT   the directory, as the system spells it
 * JOURNAL_FILE   the journal, which is appended to
 * JOURNAL_LIES   if set, what is synced is told to be, and nothing is
 *
 * A lock is held around each call and its record, so the records of one process stand in their true order. What is written
 * to a socket is recorded before it leaves, all else once it was done. Calls that would change files behind the journal's
 * back are recorded as such, and the reader refuses the journal.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static int lies;
static char root[4096];

__attribute__((constructor)) static void begin(void) {
    const char *dir = getenv("JOURNAL_ROOT"), *file = getenv("JOURNAL_FILE");
    lies = getenv("JOURNAL_LIES") != NULL;
    if (!dir || !file) return;
    snprintf(root, sizeof root, "%s", dir);
    journal = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

#define NEXT(type, name, ...) type (*real)(__VA_ARGS__) = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* One record: what was done, to which file, where, and the bytes or names that belong to it. */
static void note(char what, uint64_t file, int64_t at, const struct iovec *parts, int count) {
    struct __attribute__((packed)) { uint32_t length; uint8_t what; uint64_t file; int64_t at; } head = {0, (uint8_t)what, file, at};
    struct iovec all[66];
    if (count > 65) count = 65;
    for (int n = 0; n < count; n++) {
        all[n + 1] = parts[n];
        head.length += (uint32_t)parts[n].iov_len;
    }
    all[0].iov_base = &head;
    all[0].iov_len = sizeof head;
    int kept = errno;
    (void)!syscall(SYS_writev, journal, all, count + 1);
    errno = kept;
}

static void note_bytes(char what, uint64_t file, int64_t at, const void *bytes, size_t n) {
    struct iovec part = {(void *)bytes, n};
    note(what, file, at, &part, 1);
}

static int below(const char *path) {
    size_t n = strlen(root);
    return n && strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == 0);
}

/* The file behind a descriptor, if it is one of those that are kept: its number. */
static uint64_t kept(int fd, char *path, size_t room) {
    char link[64];
    struct stat seen;
    if (journal < 0 || fstat(fd, &seen) != 0 || !(S_ISREG(seen.st_mode) || S_ISDIR(seen.st_mode))) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, room - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return below(path) ? (uint64_t)seen.st_ino : 0;
}

/* The port of who is at the other end of a socket; 0 if it is none of the Internet's. */
static int port(int fd) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    if (journal < 0 || getpeername(fd, (struct sockaddr *)&peer, &length) != 0) return 0;
    if (peer.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&peer)->sin_port);
    return peer.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&peer)->sin6_port) : 0;
}

static void said(int fd, const struct iovec *parts, int count) {
    int to = port(fd);
    if (!to) return;
    pthread_mutex_lock(&lock);
    note('K', (uint64_t)to, 0, parts, count);
    pthread_mutex_unlock(&lock);
}

/* A write to a file at its own place, or at the end of one that is appended to. */
#define PLACED(name, type, call, bytes, n)                                                   \
    char path[4096];                                                                         \
    uint64_t file = kept(fd, path, sizeof path);                                             \
    if (!file) return call;                                                                  \
    pthread_mutex_lock(&lock);                                                               \
    struct stat seen;                                                                        \
    off64_t at = (fcntl(fd, F_GETFL) & O_APPEND) && fstat(fd, &seen) == 0 ? seen.st_size     \
                                                                          : lseek64(fd, 0, SEEK_CUR); \
    type done = call;

ssize_t write(int fd, const void *bytes, size_t n) {
    NEXT(ssize_t, "write", int, const void *, size_t);
    struct iovec part = {(void *)bytes, n};
    said(fd, &part, 1);
    PLACED("write", ssize_t, real(fd, bytes, n), bytes, n)
    if (done > 0) note_bytes('W', file, at, bytes, (size_t)done);
    pthread_mutex_unlock(&lock);
    return done;
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    NEXT(ssize_t, "writev", int, const struct iovec *, int);
    said(fd, parts, count);
    PLACED("writev", ssize_t, real(fd, parts, count), parts, count)
    for (ssize_t n = 0, left = done; n < count && left > 0; n++) {
        size_t some = parts[n].iov_len < (size_t)left ? parts[n].iov_len : (size_t)left;
        note_bytes('W', file, at, parts[n].iov_base, some);
        at += (off64_t)some;
        left -= (ssize_t)some;
    }
    pthread_mutex_unlock(&lock);
    return done;
}
ssize_t send(int fd, const void *bytes, size_t n, int flags) {
    NEXT(ssize_t, "send", int, const void *, size_t, int);
    struct iovec part = {(void *)bytes, n};
    said(fd, &part, 1);
    return real(fd, bytes, n, flags);
}
ssize_t sendto(int fd, const void *bytes, size_t n, int flags, const struct sockaddr *to, socklen_t length) {
    NEXT(ssize_t, "sendto", int, const void *, size_t, int, const struct sockaddr *, socklen_t);
    struct iovec part = {(void *)bytes, n};
    said(fd, &part, 1);
    return real(fd, bytes, n, flags, to, length);
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    NEXT(ssize_t, "sendmsg", int, const struct msghdr *, int);
    said(fd, message->msg_iov, (int)message->msg_iovlen);
    return real(fd, message, flags);
}

#define AT(name, offset)                                                \
    ssize_t name(int fd, const void *bytes, size_t n, offset at) {      \
        NEXT(ssize_t, #name, int, const void *, size_t, offset);        \
        char path[4096];                                                \
        uint64_t file = kept(fd, path, sizeof path);                    \
        if (!file) return real(fd, bytes, n, at);                       \
        pthread_mutex_lock(&lock);                                      \
        ssize_t done = real(fd, bytes, n, at);                          \
        if (done > 0) note_bytes('W', file, at, bytes, (size_t)done);   \
        pthread_mutex_unlock(&lock);                                    \
        return done;                                                    \
    }
AT(pwrite, off_t)
AT(pwrite64, off64_t)

#define CUT(name, offset)                                       \
    int name(int fd, offset length) {                           \
        NEXT(int, #name, int, offset);                          \
        char path[4096];                                        \
        uint64_t file = kept(fd, path, sizeof path);            \
        if (!file) return real(fd, length);                     \
        pthread_mutex_lock(&lock);                              \
        int done = real(fd, length);                            \
        if (done == 0) note('T', file, length, NULL, 0);        \
        pthread_mutex_unlock(&lock);                            \
        return done;                                            \
    }
CUT(ftruncate, off_t)
CUT(ftruncate64, off64_t)

/* The disk is the journal's: nothing needs to be waited for. */
#define SYNC(name)                                                                          \
    int name(int fd) {                                                                      \
        NEXT(int, #name, int);                                                              \
        char path[4096];                                                                    \
        uint64_t file = kept(fd, path, sizeof path);                                        \
        if (!file) return real(fd);                                                         \
        struct stat seen;                                                                   \
        int folder = fstat(fd, &seen) == 0 && S_ISDIR(seen.st_mode);                        \
        pthread_mutex_lock(&lock);                                                          \
        if (!lies) note_bytes(folder ? 'D' : 'S', file, 0, path, strlen(path));             \
        pthread_mutex_unlock(&lock);                                                        \
        return 0;                                                                           \
    }
SYNC(fsync)
SYNC(fdatasync)

static int opened(int (*real)(int, const char *, int, ...), int dir, const char *path, int flags, mode_t mode) {
    if (journal < 0 || !below(path) || !(flags & (O_CREAT | O_TRUNC))) return real(dir, path, flags, mode);
    pthread_mutex_lock(&lock);
    struct stat seen;
    int there = stat(path, &seen) == 0;
    int fd = real(dir, path, flags, mode);
    if (fd >= 0 && fstat(fd, &seen) == 0) {
        if (!there) note_bytes('C', (uint64_t)seen.st_ino, 0, path, strlen(path));
        else if (flags & O_TRUNC) note('T', (uint64_t)seen.st_ino, 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE(flags)                                                         \
    mode_t mode = 0;                                                        \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                  \
        va_list more;                                                       \
        va_start(more, flags);                                              \
        mode = va_arg(more, mode_t);                                        \
        va_end(more);                                                       \
    }
int open(const char *path, int flags, ...) {
    MODE(flags)
    NEXT(int, "openat", int, const char *, int, ...);
    return opened(real, AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE(flags)
    NEXT(int, "openat64", int, const char *, int, ...);
    return opened(real, AT_FDCWD, path, flags, mode);
}
int openat(int dir, const char *path, int flags, ...) {
    MODE(flags)
    NEXT(int, "openat", int, const char *, int, ...);
    return opened(real, dir, path, flags, mode);
}
int openat64(int dir, const char *path, int flags, ...) {
    MODE(flags)
    NEXT(int, "openat64", int, const char *, int, ...);
    return opened(real, dir, path, flags, mode);
}

int unlink(const char *path) {
    NEXT(int, "unlink", const char *);
    if (journal < 0 || !below(path)) return real(path);
    pthread_mutex_lock(&lock);
    int done = real(path);
    if (done == 0) note_bytes('U', 0, 0, path, strlen(path));
    pthread_mutex_unlock(&lock);
    return done;
}
int mkdir(const char *path, mode_t mode) {
    NEXT(int, "mkdir", const char *, mode_t);
    if (journal < 0 || !below(path)) return real(path, mode);
    pthread_mutex_lock(&lock);
    int done = real(path, mode);
    if (done == 0) note_bytes('M', 0, 0, path, strlen(path));
    pthread_mutex_unlock(&lock);
    return done;
}
/* Two names: the first, a zero, the second. */
static int two(char what, int (*real)(const char *, const char *), const char *from, const char *to) {
    if (journal < 0 || !(below(from) || below(to))) return real(from, to);
    pthread_mutex_lock(&lock);
    int done = real(from, to);
    struct iovec parts[2] = {{(void *)from, strlen(from) + 1}, {(void *)to, strlen(to)}};
    if (done == 0) note(what, 0, 0, parts, 2);
    pthread_mutex_unlock(&lock);
    return done;
}
int rename(const char *from, const char *to) {
    NEXT(int, "rename", const char *, const char *);
    return two('R', real, from, to);
}
int link(const char *from, const char *to) {
    NEXT(int, "link", const char *, const char *);
    return two('X', real, from, to);
}

/* What is not kept. */
static void unkept(int fd, const char *name) {
    char path[4096];
    if (kept(fd, path, sizeof path)) note_bytes('X', 0, 0, name, strlen(name));
}
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t n, unsigned flags) {
    NEXT(ssize_t, "copy_file_range", int, off64_t *, int, off64_t *, size_t, unsigned);
    unkept(out, "copy_file_range");
    return real(in, from, out, to, n, flags);
}
int fallocate64(int fd, int mode, off64_t at, off64_t n) {
    NEXT(int, "fallocate64", int, int, off64_t, off64_t);
    unkept(fd, "fallocate64");
    return real(fd, mode, at, n);
}
int posix_fallocate64(int fd, off64_t at, off64_t n) {
    NEXT(int, "posix_fallocate64", int, off64_t, off64_t);
    unkept(fd, "posix_fallocate64");
    return real(fd, at, n);
}
