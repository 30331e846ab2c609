/* An upstream for demo, tests and bench: the Responses API with made-up answers. See README.md. */
#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char usage[] =
    "usage: stub [--listen HOST:PORT] [--log FILE] [--default SCENARIO] [--side NAME]\n"
    "            [--body BYTES] [--tls CERTIFICATE --key KEY]\n"
    "  Serves the Responses API with made-up answers on a loopback address.\n"
    "  --listen   default 127.0.0.1:0; the bound port is printed as {\"port\":N}\n"
    "  --log      one JSON object a line for each request and each answer\n"
    "  --default  what a request gets that names no scenario; default plain\n"
    "  --side     heed x-stub-NAME and [stub-NAME:...] before x-stub and [stub:...]\n"
    "  --body     how many bytes of each body stand in the log; default 200\n"
    "  --tls      speak TLS 1.2 with this certificate (only `stub-tls`)\n";

static void refuse(const char *why) {
    fprintf(stderr, "stub: %s\n%s", why, usage);
    exit(2);
}

static int listen_at(const char *place) {
    char host[64];
    const char *colon = strrchr(place, ':');
    if (!colon || (size_t)(colon - place) >= sizeof host) refuse("--listen wants HOST:PORT");
    memcpy(host, place, (size_t)(colon - place));
    host[colon - place] = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1))};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) refuse("--listen wants an IPv4 address");
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    socklen_t length = sizeof address;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, length) || listen(fd, 4096)) {
        fprintf(stderr, "stub: cannot listen on %s: %s\n", place, strerror(errno));
        exit(1);
    }
    getsockname(fd, (struct sockaddr *)&address, &length);
    printf("{\"port\":%d}\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void accept_all(const struct settings *settings, int listener) {
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;)
        connection_open(settings, fd);
}

static void run(const struct settings *settings, int listener) {
    struct epoll_event listening = {.events = EPOLLIN}, events[256];
    epoll_ctl(settings->epoll, EPOLL_CTL_ADD, listener, &listening);
    for (;;) {
        int64_t us = timer_wait_us(now_us());
        struct timespec wait = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
        int count = epoll_pwait2(settings->epoll, events, 256, &wait, NULL);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr) connection_ready(events[i].data.ptr, events[i].events);
            else accept_all(settings, listener);
        }
        int64_t now = now_us();
        for (struct timer *t; (t = timer_take_due(now));) connection_due((struct connection *)t);
        connections_sweep();
    }
}

int main(int count, char **words) {
    struct settings settings = {.default_spec = "plain", .body_bytes = 200};
    const char *place = "127.0.0.1:0", *certificate = NULL, *key = NULL;
    for (int i = 1; i < count; i++) {
        if (!strcmp(words[i], "--help")) return fputs(usage, stdout), 0;
        if (i + 1 == count) refuse("an option wants a value");
        const char *value = words[++i];
        if (!strcmp(words[i - 1], "--listen")) place = value;
        else if (!strcmp(words[i - 1], "--default")) settings.default_spec = value;
        else if (!strcmp(words[i - 1], "--side")) settings.side = value;
        else if (!strcmp(words[i - 1], "--body")) settings.body_bytes = atol(value);
        else if (!strcmp(words[i - 1], "--tls")) certificate = value;
        else if (!strcmp(words[i - 1], "--key")) key = value;
        else if (!strcmp(words[i - 1], "--log")) settings.log = fopen(value, "ae");
        else refuse("unknown option");
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1000); /* the kernel's 50 us would blur the pace */
    if (certificate && !wire_serve_tls(certificate, key)) refuse("--tls: cannot use this certificate and key");
    settings.epoll = epoll_create1(EPOLL_CLOEXEC);
    run(&settings, listen_at(place));
}
