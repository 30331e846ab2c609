/*
 * The floor: bytes from one socket to another with epoll, one system call to read and one to write, and no idea of what
 * they mean. What any proxy costs above this is its own.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, EVENTS = 256 };

/* One socket of two. `unsent` is what it did not take of what the other one brought; the other is not read meanwhile.
 */
struct end {
    struct end *other;
    int fd;
    uint32_t interest;
    bool has_ended, is_dead; /* ended: nothing more comes from it */
    char *unsent;
    size_t unsent_length;
};

static int epoll;
static struct sockaddr_in upstream;
static struct end *dead[2 * EVENTS];
static int dead_count;

static void watch(struct end *e, uint32_t interest) {
    struct epoll_event event = {.events = interest, .data.ptr = e};
    if (e->interest == interest) return;
    epoll_ctl(epoll, EPOLL_CTL_MOD, e->fd, &event);
    e->interest = interest;
}

/* Freed after the round, because its other events may still be in the list. */
static void drop(struct end *e) {
    for (int i = 0; i < 2; i++, e = e->other) {
        close(e->fd);
        e->is_dead = true;
        free(e->unsent);
    }
    dead[dead_count++] = e < e->other ? e : e->other;
}

static void keep(struct end *to, const char *data, size_t length) {
    to->unsent = malloc(length);
    if (!to->unsent) abort();
    memcpy(to->unsent, data, length);
    to->unsent_length = length;
    watch(to->other, 0);
    watch(to, (to->has_ended ? 0 : to->interest & EPOLLIN) | EPOLLOUT);
}

static void pass_end(struct end *from) {
    from->has_ended = true;
    watch(from, from->unsent_length ? EPOLLOUT : 0);
    shutdown(from->other->fd, SHUT_WR);
    if (from->other->has_ended) drop(from);
}

static void readable(struct end *from) {
    static char buffer[READ_BYTES];
    ssize_t got = recv(from->fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got < 0) return drop(from);
    if (!got) return pass_end(from);
    ssize_t done = send(from->other->fd, buffer, (size_t)got, MSG_NOSIGNAL);
    if (done == got) return;
    if (done < 0 && errno != EAGAIN) return drop(from);
    if (done < 0) done = 0;
    keep(from->other, buffer + done, (size_t)(got - done));
}

static void writable(struct end *to) {
    ssize_t done = send(to->fd, to->unsent, to->unsent_length, MSG_NOSIGNAL);
    if (done < 0 && errno == EAGAIN) return;
    if (done < 0) return drop(to);
    to->unsent_length -= (size_t)done;
    memmove(to->unsent, to->unsent + done, to->unsent_length);
    if (to->unsent_length) return;
    free(to->unsent);
    to->unsent = NULL;
    watch(to, to->has_ended ? 0 : EPOLLIN);
    watch(to->other, EPOLLIN);
}

static int connect_upstream(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&upstream, sizeof upstream) && errno != EINPROGRESS) abort();
    return fd;
}

static void accept_all(int listener) {
    int one = 1;
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        struct end *ends = calloc(2, sizeof *ends);
        if (!ends) abort();
        ends[0] = (struct end){.other = &ends[1], .fd = fd, .interest = EPOLLIN};
        ends[1] = (struct end){.other = &ends[0], .fd = connect_upstream(), .interest = EPOLLIN};
        for (int i = 0; i < 2; i++) {
            struct epoll_event event = {.events = EPOLLIN, .data.ptr = &ends[i]};
            setsockopt(ends[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            epoll_ctl(epoll, EPOLL_CTL_ADD, ends[i].fd, &event);
        }
    }
}

static void run(int listener) {
    struct epoll_event listening = {.events = EPOLLIN}, events[EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct end *e = events[i].data.ptr;
            if (!e) accept_all(listener);
            else if (e->is_dead) continue;
            else if (events[i].events & EPOLLOUT) writable(e);
            else if (events[i].events & EPOLLIN) readable(e);
            else if (events[i].events & (EPOLLHUP | EPOLLERR)) drop(e);
        }
        while (dead_count) free(dead[--dead_count]);
    }
}

static struct sockaddr_in loopback(const char *port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)atoi(port))};
}

static int listen_at(struct sockaddr_in address) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (!bind(fd, (struct sockaddr *)&address, sizeof address) && !listen(fd, 4096)) return fd;
    perror("relay: listen");
    exit(1);
}

int main(int count, char **words) {
    if (count != 5 || strcmp(words[1], "--listen") || strcmp(words[3], "--upstream")) {
        fputs("usage: relay --listen PORT --upstream PORT\n  Both on 127.0.0.1.\n", stderr);
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGPIPE, SIG_IGN);
    upstream = loopback(words[4]);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    run(listen_at(loopback(words[2])));
}
