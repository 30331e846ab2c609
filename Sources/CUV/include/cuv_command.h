// What the command line needs of libc, for Swift: no logic. What fails returns the negated errno.
#ifndef CUV_COMMAND_H
#define CUV_COMMAND_H

#include <errno.h>
#include <grp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static inline const char *cuv_environment(const char *name) { return getenv(name); }
static inline uint32_t cuv_user(void) { return (uint32_t)geteuid(); }

// The owner of what `path` names: user in the high half, group in the low one.
static inline int64_t cuv_owner(const char *path) {
    struct stat facts;
    if (stat(path, &facts) < 0) return -(int64_t)errno;
    return (int64_t)((uint64_t)facts.st_uid << 31 | ((uint64_t)facts.st_gid & 0x7fffffff));
}
static inline uint32_t cuv_owner_user(int64_t owner) { return (uint32_t)((uint64_t)owner >> 31); }
static inline uint32_t cuv_owner_group(int64_t owner) { return (uint32_t)((uint64_t)owner & 0x7fffffff); }

static inline int64_t cuv_give(const char *path, uint32_t user, uint32_t group) {
    return chown(path, (uid_t)user, (gid_t)group) < 0 ? -(int64_t)errno : 0;
}

// Groups first: without root they can no longer be given up.
static inline int64_t cuv_become(uint32_t user, uint32_t group) {
    gid_t only = (gid_t)group;
    if (setgroups(1, &only) < 0 || setgid((gid_t)group) < 0 || setuid((uid_t)user) < 0)
        return -(int64_t)errno;
    return 0;
}

// A blocking connection to a Unix socket; each read and write gives up after `seconds`.
static inline int64_t cuv_connect_local(const char *path, int seconds) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address.sun_path) return -(int64_t)ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return -(int64_t)errno;
    struct timeval span = {seconds, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &span, sizeof span);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &span, sizeof span);
    if (connect(socket_, (struct sockaddr *)&address, sizeof address) < 0) {
        int64_t result = -(int64_t)errno;
        close(socket_);
        return result;
    }
    return socket_;
}
static inline int64_t cuv_send(int socket_, const void *bytes, size_t count) {
    ssize_t sent = send(socket_, bytes, count, MSG_NOSIGNAL);
    return sent < 0 ? -(int64_t)errno : (int64_t)sent;
}
static inline int64_t cuv_receive(int socket_, void *bytes, size_t count) {
    ssize_t got = recv(socket_, bytes, count, 0);
    return got < 0 ? -(int64_t)errno : (int64_t)got;
}

#endif
