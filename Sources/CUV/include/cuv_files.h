// Files, memory maps and random bytes for Swift: variadic calls, macros and errno made visible. No logic: what
// fails returns the negated errno, as libuv does.
#ifndef CUV_FILES_H
#define CUV_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static inline int64_t cuv_result(int64_t value) { return value < 0 ? -(int64_t)errno : value; }

// Every descriptor is closed on exec.
static inline int64_t cuv_open(const char *path, int flags, unsigned mode) {
    return cuv_result(open(path, flags | O_CLOEXEC, (mode_t)mode));
}
static inline int64_t cuv_close(int file) { return cuv_result(close(file)); }
static inline int64_t cuv_pread(int file, void *bytes, size_t count, int64_t offset) {
    return cuv_result(pread(file, bytes, count, (off_t)offset));
}
static inline int64_t cuv_pwrite(int file, const void *bytes, size_t count, int64_t offset) {
    return cuv_result(pwrite(file, bytes, count, (off_t)offset));
}
static inline int64_t cuv_write(int file, const void *bytes, size_t count) {
    return cuv_result(write(file, bytes, count));
}
static inline int64_t cuv_datasync(int file) { return cuv_result(fdatasync(file)); }
static inline int64_t cuv_sync(int file) { return cuv_result(fsync(file)); }
static inline int64_t cuv_truncate(int file, int64_t size) {
    return cuv_result(ftruncate(file, (off_t)size));
}
// posix_fallocate returns the error itself and leaves errno alone.
static inline int64_t cuv_allocate(int file, int64_t offset, int64_t count) {
    return -(int64_t)posix_fallocate(file, (off_t)offset, (off_t)count);
}
static inline int64_t cuv_size(int file) {
    struct stat facts;
    return fstat(file, &facts) < 0 ? -(int64_t)errno : (int64_t)facts.st_size;
}
static inline int64_t cuv_path_mode(const char *path) {
    struct stat facts;
    return stat(path, &facts) < 0 ? -(int64_t)errno : (int64_t)facts.st_mode;
}
static inline int64_t cuv_set_mode(const char *path, unsigned mode) {
    return cuv_result(chmod(path, (mode_t)mode));
}
static inline int64_t cuv_may_write(const char *path) { return cuv_result(access(path, W_OK)); }
// The absolute path without links, into 4096 bytes.
static inline int64_t cuv_real_path(const char *path, char *resolved) {
    return realpath(path, resolved) == NULL ? -(int64_t)errno : 0;
}
static inline int64_t cuv_lock_exclusive(int file) {
    return cuv_result(flock(file, LOCK_EX | LOCK_NB));
}
static inline int64_t cuv_unlock(int file) { return cuv_result(flock(file, LOCK_UN)); }
static inline int64_t cuv_rename(const char *from, const char *to) {
    return cuv_result(rename(from, to));
}
static inline int64_t cuv_unlink(const char *path) { return cuv_result(unlink(path)); }
static inline int64_t cuv_make_folder(const char *path, unsigned mode) {
    return cuv_result(mkdir(path, (mode_t)mode));
}
// NULL on failure.
static inline void *cuv_map_shared(int file, int64_t offset, size_t count) {
    void *address =
        mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_SHARED, file, (off_t)offset);
    return address == MAP_FAILED ? NULL : address;
}
static inline void cuv_unmap(void *address, size_t count) { (void)munmap(address, count); }
// The stores before this one are visible to whoever sees this one; also to a reader of the file after a kill.
static inline void cuv_store_release(uint8_t *address, uint8_t value) {
    __atomic_store_n(address, value, __ATOMIC_RELEASE);
}
static inline int64_t cuv_getrandom(void *bytes, size_t count) {
    return cuv_result(getrandom(bytes, count, 0));
}
static inline const char *cuv_error_text(int code) { return strerror(code); }
// Offset of the first `byte`, or -1.
static inline int64_t cuv_file_find_byte(const void *bytes, size_t count, uint8_t byte) {
    const void *found = count == 0 ? NULL : memchr(bytes, byte, count);
    return found == NULL ? -1 : (const char *)found - (const char *)bytes;
}
static inline void cuv_sleep_milliseconds(unsigned count) {
    struct timespec span = {count / 1000, (long)(count % 1000) * 1000000};
    nanosleep(&span, NULL);
}

#endif
