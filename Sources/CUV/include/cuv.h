// libuv and libc for Swift: casts, constants and what the importer cannot see. No logic.
#ifndef CUV_H
#define CUV_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

static inline int cuv_errno(void) { return errno; }

// The process arguments, kept before main runs.
int cuv_argument_count(void);
const char *cuv_argument(int index);

// Milliseconds since 1970-01-01T00:00:00Z.
static inline int64_t cuv_wall_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Binds a numeric IPv4 or IPv6 address; UV_EINVAL when `host` is neither.
static inline int cuv_tcp_bind(uv_tcp_t *tcp, const char *host, int port) {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (uv_ip4_addr(host, port, &v4) == 0) return uv_tcp_bind(tcp, (const struct sockaddr *)&v4, 0);
    if (uv_ip6_addr(host, port, &v6) == 0) return uv_tcp_bind(tcp, (const struct sockaddr *)&v6, UV_TCP_IPV6ONLY);
    return UV_EINVAL;
}

static inline int cuv_tcp_port(const uv_tcp_t *tcp) {
    struct sockaddr_storage storage;
    int length = sizeof storage;
    if (uv_tcp_getsockname(tcp, (struct sockaddr *)&storage, &length) != 0) return 0;
    return storage.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&storage)->sin6_port)
                                         : ntohs(((struct sockaddr_in *)&storage)->sin_port);
}

static inline int cuv_address_text(const struct sockaddr *address, char *text, size_t size) {
    if (address->sa_family == AF_INET) return uv_ip4_name((const struct sockaddr_in *)address, text, size);
    if (address->sa_family == AF_INET6) return uv_ip6_name((const struct sockaddr_in6 *)address, text, size);
    return UV_EINVAL;
}

// Raises the limit of open files to the hard one, and beyond it to `wanted` where that is allowed; returns what is
// in force then.
static inline uint64_t cuv_raise_descriptor_limit(uint64_t wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max < wanted) {
        struct rlimit more = {wanted, wanted};
        if (setrlimit(RLIMIT_NOFILE, &more) == 0) return wanted;
    }
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

// One heap for all threads. The one besides the loop's would get one of its own, and hardly uses it.
static inline void cuv_share_heap(void) { mallopt(M_ARENA_MAX, 1); }

// Gives back the pages of the program's own code: what ran at start mostly never runs again, and what is needed comes
// back from the page cache. About a third of an idle gateway's resident memory.
void cuv_forget_code_pages(void);

// No core is ever written, and no other process of this user reads this one's memory: keys, tokens and what customers
// write are in it.
static inline void cuv_forbid_dumps(void) { prctl(PR_SET_DUMPABLE, 0); }

static inline void cuv_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

#endif
