// libc for the watch over certificate files. No logic.
#ifndef CUV_TLS_H
#define CUV_TLS_H

#include <stdint.h>
#include <sys/stat.h>

// A number that changes when a file is written or replaced; 0 when there is none.
static inline uint64_t cuv_file_stamp(const char *path) {
    struct stat facts;
    if (stat(path, &facts) != 0) return 0;
    return ((uint64_t)facts.st_mtim.tv_sec * 1000000000u + (uint64_t)facts.st_mtim.tv_nsec) ^
        ((uint64_t)facts.st_ino << 40)
           ^ (uint64_t)facts.st_size;
}

#endif
