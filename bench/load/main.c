/* N streams at once through a base URL, each answer checked to the last byte. Prints one JSON object. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct stream {
    int fd;
    bool is_open, is_fresh; /* fresh: no answer yet on this connection */
    struct reader reader;
    size_t sent;
    double begun, first_byte, next_read; /* milliseconds */
};

static struct options options = {
    .scenario = "plain", .model = "gpt-5.4-mini", .streams = 1, .seconds = 60, .input_tokens = -1, .output_tokens = -1};
static struct totals totals;
static struct bytes request;
static int epoll;
static long open_streams;

static double clock_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void build_request(void) {
    struct bytes body = {0};
    bytes_format(&body, "{\"model\":\"%s\",\"stream\":%s,\"input\":\"", options.model,
                 options.is_document ? "false" : "true");
    bytes_fill(&body, 'i', (size_t)options.body_bytes);
    bytes_text(&body, "\"}");
    bytes_format(&request, "POST %s/responses HTTP/1.1\r\nhost: %s\r\ncontent-type: application/json\r\nx-stub: %s\r\n",
                 options.path, options.host, options.scenario);
    if (options.token) bytes_format(&request, "x-tinygateway-token: %s\r\n", options.token);
    if (!options.keep_alive) bytes_text(&request, "connection: close\r\n");
    bytes_format(&request, "content-length: %zu\r\n\r\n", body.length);
    bytes_add(&request, body.data, body.length);
    bytes_free(&body);
}

static void watch(struct stream *s, int operation, uint32_t interest) {
    struct epoll_event event = {.events = interest, .data.ptr = s};
    epoll_ctl(epoll, operation, s->fd, &event);
}

/* Begins the next request of this stream, on the present connection when `reuse`; idle when all are begun. */
static void begin(struct stream *s, bool reuse) {
    if (!reuse && s->is_open) {
        close(s->fd);
        s->is_open = false;
        open_streams--;
    }
    if (totals.started == options.requests) {
        if (s->is_open) close(s->fd), open_streams--;
        s->is_open = false;
        return;
    }
    totals.started++;
    reader_begin(&s->reader);
    s->sent = 0;
    s->begun = clock_ms();
    s->first_byte = 0;
    s->is_fresh = !reuse;
    if (reuse) {
        watch(s, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
        return;
    }
    int one = 1, small = 8192;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (options.read_rate) setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connect(s->fd, (struct sockaddr *)&options.address, sizeof options.address) && errno != EINPROGRESS) {
        perror("load: connect");
        exit(1);
    }
    s->is_open = true;
    open_streams++;
    watch(s, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

static void judge(struct stream *s) {
    struct reader *r = &s->reader;
    totals.statuses[r->status >= 0 && r->status < 600 ? r->status : 0]++;
    totals.content_bytes += r->content_bytes;
    totals.events += r->events;
    bool is_usage_right = (options.input_tokens < 0 || reader_usage(r, "\"input_tokens\":") == options.input_tokens) &&
                          (options.output_tokens < 0 || reader_usage(r, "\"output_tokens\":") == options.output_tokens);
    if (r->state == READ_BROKEN) totals.broken++;
    else if (r->state != READ_DONE) totals.incomplete++;
    else if (r->status != 200) totals.refused++;
    else if (!reader_is_intact(r, options.is_document)) totals.mismatched++;
    else if (!is_usage_right) totals.wrong_usage++;
    else {
        totals.ok++;
        totals.first_byte_ms += s->first_byte - s->begun;
        totals.complete_ms += clock_ms() - s->begun;
    }
}

static void send_request(struct stream *s) {
    ssize_t done = send(s->fd, request.data + s->sent, request.length - s->sent, MSG_NOSIGNAL);
    if (done > 0) s->sent += (size_t)done;
    if (s->sent == request.length) watch(s, EPOLL_CTL_MOD, EPOLLIN);
}

static void receive(struct stream *s) {
    static char buffer[READ_BYTES];
    size_t most = options.read_rate ? (size_t)options.read_rate / 20 + 1 : sizeof buffer;
    ssize_t got = recv(s->fd, buffer, most < sizeof buffer ? most : sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        reader_end_of_input(&s->reader);
        judge(s);
        begin(s, false);
        return;
    }
    if (!s->first_byte) s->first_byte = clock_ms();
    reader_take(&s->reader, buffer, (size_t)got);
    if (s->reader.state == READ_DONE || s->reader.state == READ_BROKEN) {
        bool reuse = options.keep_alive && !s->reader.closes && s->reader.state == READ_DONE;
        judge(s);
        begin(s, reuse);
    } else if (options.read_rate) {
        s->next_read = clock_ms() + 50;
        watch(s, EPOLL_CTL_MOD, 0);
    }
}

/* Slow readers are polled: there are few of them. */
static void wake_slow(struct stream *streams) {
    double now = clock_ms();
    for (long i = 0; i < options.streams; i++) {
        struct stream *s = &streams[i];
        if (!s->is_open || !s->next_read || s->next_read > now) continue;
        s->next_read = 0;
        watch(s, EPOLL_CTL_MOD, EPOLLIN);
    }
}

static void run(struct stream *streams) {
    struct epoll_event events[256];
    double end = clock_ms() + (double)options.seconds * 1e3;
    for (long i = 0; i < options.streams; i++) begin(&streams[i], false);
    while (open_streams && clock_ms() < end) {
        int count = epoll_wait(epoll, events, 256, options.read_rate ? 10 : 200);
        for (int i = 0; i < count; i++) {
            struct stream *s = events[i].data.ptr;
            if (s->is_open && events[i].events & EPOLLOUT && s->sent < request.length) send_request(s);
            if (s->is_open && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(s);
        }
        if (options.read_rate) wake_slow(streams);
    }
    for (long i = 0; i < options.streams; i++)
        if (streams[i].is_open) judge(&streams[i]);
}

static void print_totals(double seconds) {
    double each = totals.ok ? 1.0 / (double)totals.ok : 0;
    printf("{\"requests\":%ld,\"ok\":%ld,\"refused\":%ld,\"incomplete\":%ld,\"mismatched\":%ld,\"broken\":%ld,\"wrong_"
           "usage\":%ld,\"statuses\":{",
           totals.started, totals.ok, totals.refused, totals.incomplete, totals.mismatched, totals.broken,
           totals.wrong_usage);
    const char *comma = "";
    for (int i = 0; i < 600; i++) {
        if (!totals.statuses[i]) continue;
        printf("%s\"%d\":%ld", comma, i, totals.statuses[i]);
        comma = ",";
    }
    printf("},\"events\":%lld,\"content_bytes\":%lld,\"seconds\":%.3f,\"first_byte_ms_mean\":%.3f,\"complete_ms_mean\":"
           "%.3f}\n",
           totals.events, totals.content_bytes, seconds, totals.first_byte_ms * each, totals.complete_ms * each);
}

static const char usage[] =
    "usage: load --url http://127.0.0.1:PORT/PATH [--token T] [--streams N] [--requests N] [--scenario SPEC]\n"
    "            [--model M] [--seconds N] [--body-bytes N] [--read-rate BYTES] [--usage INPUT/OUTPUT]\n"
    "            [--keep-alive yes] [--document yes]\n"
    "  N streams at once against a loopback address, each answer checked byte for byte. Exit 1 unless all are ok.\n";

static void refuse(const char *why) {
    fprintf(stderr, "load: %s\n%s", why, usage);
    exit(2);
}

static void take_url(const char *url) {
    char place[64];
    if (strncmp(url, "http://", 7)) refuse("--url wants http://");
    const char *host = url + 7;
    size_t length = strcspn(host, "/");
    if (length >= sizeof options.host) refuse("--url: host too long");
    memcpy(options.host, host, length);
    snprintf(options.path, sizeof options.path, "%s", host + length);
    const char *colon = strchr(options.host, ':');
    if (!colon || (size_t)(colon - options.host) >= sizeof place) refuse("--url wants HOST:PORT");
    memcpy(place, options.host, (size_t)(colon - options.host));
    place[colon - options.host] = 0;
    options.address.sin_family = AF_INET;
    options.address.sin_port = htons((uint16_t)atoi(colon + 1));
    if (inet_pton(AF_INET, place, &options.address.sin_addr) != 1 || place[0] != '1' || strncmp(place, "127.", 4))
        refuse("--url: loopback only");
}

static void take_option(const char *name, const char *value) {
    if (!strcmp(name, "--url")) take_url(value);
    else if (!strcmp(name, "--token")) options.token = value;
    else if (!strcmp(name, "--streams")) options.streams = atol(value);
    else if (!strcmp(name, "--requests")) options.requests = atol(value);
    else if (!strcmp(name, "--scenario")) options.scenario = value;
    else if (!strcmp(name, "--model")) options.model = value;
    else if (!strcmp(name, "--seconds")) options.seconds = atol(value);
    else if (!strcmp(name, "--body-bytes")) options.body_bytes = atol(value);
    else if (!strcmp(name, "--read-rate")) options.read_rate = atol(value);
    else if (!strcmp(name, "--keep-alive")) options.keep_alive = !strcmp(value, "yes");
    else if (!strcmp(name, "--document")) options.is_document = !strcmp(value, "yes");
    else if (strcmp(name, "--usage") || sscanf(value, "%lld/%lld", &options.input_tokens, &options.output_tokens) != 2)
        refuse("unknown option");
}

int main(int count, char **words) {
    for (int i = 1; i < count; i += 2) {
        if (!strcmp(words[i], "--help")) return fputs(usage, stdout), 0;
        if (i + 1 == count) refuse("an option wants a value");
        take_option(words[i], words[i + 1]);
    }
    if (!options.host[0]) refuse("--url is missing");
    if (options.streams < 1 || options.streams > 60000) refuse("--streams: 1 to 60000");
    if (options.requests < options.streams) options.requests = options.streams;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    build_request();
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct stream *streams = calloc((size_t)options.streams, sizeof *streams);
    double begun = clock_ms();
    run(streams);
    print_totals((clock_ms() - begun) / 1e3);
    return totals.ok == options.requests ? 0 : 1;
}
