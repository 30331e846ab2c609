// libuv and libc for Swift: casts, constants and what the importer cannot see. No logic.
#ifndef CUV_H
#define CUV_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

static inline int cuv_errno(void) { return errno; }

// The process arguments, kept before main runs.
int cuv_argument_count(void);
const char *cuv_argument(int index);

#endif
