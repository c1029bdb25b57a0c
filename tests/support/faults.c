/* Calls to the disk that fail by count, in whatever program this is loaded into before the C library.
 *
 * FAULT_PATH   only files whose path has this in it
 * FAULT_COUNT  a file that grows by one byte a call, so that its length is the count
 * FAULT_AT     the first call that fails; none if it isn't set
 * FAULT_FOR    how many fail from there on; 0: all
 * FAULT_EVERY  every so manieth call fails
 * FAULT_ERRNO  with which error; where it says that the disk is full, reading works
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

/* Counts a call on a file. Whether it is to fail: errno is set then. */
static int fails(const char *path, int reads) {
    const char *wanted = getenv("FAULT_PATH");
    if (!wanted || !strstr(path, wanted)) return 0;
    int error = (int)number("FAULT_ERRNO");
    if (reads && error == ENOSPC) return 0;
    static ssize_t (*put)(int, const void *, size_t);
    if (!put) put = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    static int count = -1;
    static long at;
    long nth = __atomic_add_fetch(&at, 1, __ATOMIC_SEQ_CST);
    if (count < 0) {
        const char *file = getenv("FAULT_COUNT");
        if (file) {
            int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
            count = real(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        }
    }
    if (count >= 0) (void)!put(count, ".", 1);
    long first = number("FAULT_AT"), span = number("FAULT_FOR"), every = number("FAULT_EVERY");
    int hit = (first > 0 && nth >= first && (span == 0 || nth < first + span)) || (every > 0 && nth % every == 0);
    if (hit) errno = error ? error : EIO;
    return hit;
}

static int fails_at(int fd, int reads) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return fails(path, reads);
}

#define NEXT(type, name, ...) type (*real)(__VA_ARGS__) = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *bytes, size_t n) {
    if (fails_at(fd, 0)) return -1;
    NEXT(ssize_t, "write", int, const void *, size_t);
    return real(fd, bytes, n);
}
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) {
    if (fails_at(fd, 0)) return -1;
    NEXT(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return real(fd, bytes, n, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) {
    if (fails_at(fd, 0)) return -1;
    NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return real(fd, bytes, n, at);
}
ssize_t read(int fd, void *bytes, size_t n) {
    if (fails_at(fd, 1)) return -1;
    NEXT(ssize_t, "read", int, void *, size_t);
    return real(fd, bytes, n);
}
ssize_t pread(int fd, void *bytes, size_t n, off_t at) {
    if (fails_at(fd, 1)) return -1;
    NEXT(ssize_t, "pread", int, void *, size_t, off_t);
    return real(fd, bytes, n, at);
}
ssize_t pread64(int fd, void *bytes, size_t n, off64_t at) {
    if (fails_at(fd, 1)) return -1;
    NEXT(ssize_t, "pread64", int, void *, size_t, off64_t);
    return real(fd, bytes, n, at);
}
int fsync(int fd) {
    if (fails_at(fd, 0)) return -1;
    NEXT(int, "fsync", int);
    return real(fd);
}
int fdatasync(int fd) {
    if (fails_at(fd, 0)) return -1;
    NEXT(int, "fdatasync", int);
    return real(fd);
}
int ftruncate(int fd, off_t length) {
    if (fails_at(fd, 0)) return -1;
    NEXT(int, "ftruncate", int, off_t);
    return real(fd, length);
}
int ftruncate64(int fd, off64_t length) {
    if (fails_at(fd, 0)) return -1;
    NEXT(int, "ftruncate64", int, off64_t);
    return real(fd, length);
}
int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    if ((flags & (O_WRONLY | O_RDWR)) && fails(path, 0)) return -1;
    NEXT(int, "open", const char *, int, ...);
    return real(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    if ((flags & (O_WRONLY | O_RDWR)) && fails(path, 0)) return -1;
    NEXT(int, "open64", const char *, int, ...);
    return real(path, flags, mode);
}
