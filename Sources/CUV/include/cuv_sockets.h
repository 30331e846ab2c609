// Sockets and epoll for Swift: casts, and errno made visible. No logic but which call sends a few slices: what fails
// returns the negated errno, as libuv does.
#ifndef CUV_SOCKETS_H
#define CUV_SOCKETS_H

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <uv.h>

static inline int cuv_epoll_make(void) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll < 0 ? -errno : epoll;
}

// Importable: struct epoll_event is packed.
static inline int cuv_epoll_change(int epoll, int operation, int descriptor, uint32_t interest, void *owner) {
    struct epoll_event event = {.events = interest, .data.ptr = owner};
    return epoll_ctl(epoll, operation, descriptor, &event) < 0 ? -errno : 0;
}
static inline size_t cuv_epoll_event_size(void) { return sizeof(struct epoll_event); }
static inline int cuv_epoll_wait(int epoll, void *events, int most, int milliseconds) {
    int count = epoll_wait(epoll, (struct epoll_event *)events, most, milliseconds);
    return count < 0 ? -errno : count;
}
static inline void *cuv_epoll_owner(const void *events, ptrdiff_t index) {
    return ((const struct epoll_event *)events)[index].data.ptr;
}
static inline uint32_t cuv_epoll_events(const void *events, ptrdiff_t index) {
    return ((const struct epoll_event *)events)[index].events;
}
static const uint32_t cuv_epoll_in = EPOLLIN;
static const uint32_t cuv_epoll_out = EPOLLOUT;

static inline ptrdiff_t cuv_socket_read(int descriptor, void *bytes, size_t count) {
    ssize_t got;
    do got = recv(descriptor, bytes, count, 0);
    while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got;
}

enum { cuv_small_write = 1024 };

// What a few slices of one event add up to costs less to copy than to describe to the kernel.
static inline size_t cuv_gather(char *bytes, const uv_buf_t *slices, int count) {
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        if (slices[i].len > cuv_small_write - length) return 0;
        memcpy(bytes + length, slices[i].base, slices[i].len);
        length += slices[i].len;
    }
    return length;
}

// uv_buf_t is made to be an iovec.
static inline ptrdiff_t cuv_socket_write(int descriptor, const uv_buf_t *slices, int count) {
    char gathered[cuv_small_write];
    struct iovec one = {slices->base, slices->len};
    struct msghdr message = {.msg_iov = (struct iovec *)slices, .msg_iovlen = (size_t)count};
    if (count > 1 && (one.iov_len = cuv_gather(gathered, slices, count)) > 0) one.iov_base = gathered;
    ssize_t sent;
    do
        sent = one.iov_len > 0 ? send(descriptor, one.iov_base, one.iov_len, MSG_NOSIGNAL)
                               : sendmsg(descriptor, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

// Begins a TCP connection; the socket, of which it is not known yet whether it will be one.
static inline int cuv_socket_connect(const struct sockaddr *address) {
    socklen_t size = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    if (connect(descriptor, address, size) == 0 || errno == EINPROGRESS || errno == EINTR) return descriptor;
    int error = errno;
    close(descriptor);
    return -error;
}

// The error that a socket has met and nobody was told yet; 0 when there is none.
static inline int cuv_socket_error(int descriptor) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return -errno;
    return -error;
}

static inline void cuv_socket_no_delay(int descriptor) {
    int one = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}
static inline int cuv_socket_peer(int descriptor, struct sockaddr_storage *address) {
    socklen_t size = sizeof *address;
    return getpeername(descriptor, (struct sockaddr *)address, &size) < 0 ? -errno : 0;
}
static inline void cuv_socket_shutdown(int descriptor) { shutdown(descriptor, SHUT_WR); }
static inline void cuv_socket_close(int descriptor) { close(descriptor); }

// What uv_accept does, but for the handle of libuv's around it: the accepted socket is ours.
static inline int cuv_take_accepted(uv_stream_t *listener) {
    int descriptor = listener->accepted_fd;
    listener->accepted_fd = -1;
    return descriptor;
}

#endif
