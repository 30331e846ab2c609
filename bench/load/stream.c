#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct stream {
    int fd;
    struct wire wire;
    bool is_open, is_live; /* live: it has had the first byte of an answer */
    struct reader reader;
    size_t sent;
    double begun, first_byte, next_read; /* milliseconds */
};

static const struct options *options;
static struct totals totals;
static struct bytes request;
static struct stream *streams;
static int epoll;
static long open_streams, begun_streams, live_streams;

const struct totals *streams_totals(void) { return &totals; }

static void build_request(void) {
    struct bytes body = {0};
    bytes_format(&body, "{\"model\":\"%s\",\"stream\":%s,\"input\":\"", options->model,
                 options->is_document ? "false" : "true");
    bytes_fill(&body, 'i', (size_t)options->body_bytes);
    bytes_text(&body, "\"}");
    bytes_format(&request, "POST %s/responses HTTP/1.1\r\nhost: %s\r\ncontent-type: application/json\r\nx-stub: %s\r\n",
                 options->path, options->host, options->scenario);
    if (options->token) bytes_format(&request, "x-tinygateway-token: %s\r\n", options->token);
    bytes_add(&request, options->fields.data, options->fields.length);
    if (!options->keep_alive) bytes_text(&request, "connection: close\r\n");
    bytes_format(&request, "content-length: %zu\r\n\r\n", body.length);
    bytes_add(&request, body.data, body.length);
    bytes_free(&body);
}

static void watch(struct stream *s, int operation, uint32_t interest) {
    struct epoll_event event = {.events = interest, .data.ptr = s};
    epoll_ctl(epoll, operation, s->fd, &event);
}

static void leave(struct stream *s) {
    if (!s->is_open) return;
    wire_end(&s->wire);
    close(s->fd);
    s->is_open = false;
    open_streams--;
}

static bool is_all_begun(void) {
    return window_is_closed() || (options->requests && totals.started == options->requests);
}

static void connect_stream(struct stream *s) {
    int one = 1, small = 8192;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (options->read_rate) setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (connect(s->fd, (struct sockaddr *)&options->address, sizeof options->address) && errno != EINPROGRESS) {
        perror("load: connect");
        exit(1);
    }
    s->wire = wire_called(s->fd);
    s->is_open = true;
    open_streams++;
    watch(s, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

static void send_request(struct stream *s) {
    ssize_t done = wire_send(&s->wire, request.data + s->sent, request.length - s->sent);
    if (done > 0) s->sent += (size_t)done;
    if (s->sent == request.length || s->wire.wants_input) watch(s, EPOLL_CTL_MOD, EPOLLIN);
    else watch(s, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

/* Begins the next request of this stream, on the present connection when `reuse`; idle when all are begun. */
static void begin(struct stream *s, bool reuse) {
    if (!reuse) leave(s);
    if (is_all_begun()) {
        leave(s);
        return;
    }
    totals.started++;
    reader_begin(&s->reader);
    s->sent = 0;
    s->begun = clock_ms();
    s->first_byte = 0;
    if (reuse) send_request(s);
    else connect_stream(s);
}

static void judge(struct stream *s) {
    struct reader *r = &s->reader;
    totals.statuses[r->status >= 0 && r->status < 600 ? r->status : 0]++;
    totals.content_bytes += r->content_bytes;
    totals.events += r->events;
    long long input = options->input_tokens, output = options->output_tokens;
    bool is_usage_right = (input < 0 || reader_usage(r, "\"input_tokens\":") == input) &&
                          (output < 0 || reader_usage(r, "\"output_tokens\":") == output);
    bool is_whole = options->is_rewritten ? reader_is_complete(r) : reader_is_intact(r, options->is_document);
    if (r->state == READ_BROKEN) totals.broken++;
    else if (r->state != READ_DONE) totals.incomplete++;
    else if (r->status != 200) totals.refused++;
    else if (!is_whole) totals.mismatched++;
    else if (!is_usage_right) totals.wrong_usage++;
    else {
        totals.ok++;
        totals.first_byte_ms += s->first_byte - s->begun;
        totals.complete_ms += clock_ms() - s->begun;
        window_answered(clock_ms() - s->begun);
    }
}

static void answered(struct stream *s) {
    bool reuse = options->keep_alive && !s->reader.closes && s->reader.state == READ_DONE;
    judge(s);
    begin(s, reuse);
}

static void receive(struct stream *s) {
    static char buffer[READ_BYTES];
    size_t most = options->read_rate ? (size_t)options->read_rate / 20 + 1 : sizeof buffer;
    ssize_t got = wire_recv(&s->wire, buffer, most < sizeof buffer ? most : sizeof buffer);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        reader_end_of_input(&s->reader);
        judge(s);
        begin(s, false);
        return;
    }
    window_arrived();
    if (!s->first_byte) s->first_byte = clock_ms();
    if (!s->is_live) s->is_live = true, live_streams++;
    reader_take(&s->reader, buffer, (size_t)got);
    if (s->reader.state == READ_DONE || s->reader.state == READ_BROKEN) {
        answered(s);
    } else if (options->read_rate) {
        s->next_read = clock_ms() + 50;
        watch(s, EPOLL_CTL_MOD, 0);
    }
}

/* Slow readers are polled: there are few of them. */
static void wake_slow(void) {
    double now = clock_ms();
    for (long i = 0; i < options->streams; i++) {
        struct stream *s = &streams[i];
        if (!s->is_open || !s->next_read || s->next_read > now) continue;
        s->next_read = 0;
        watch(s, EPOLL_CTL_MOD, EPOLLIN);
    }
}

static void ready(struct stream *s, uint32_t events) {
    bool wants_to_send = s->is_open && s->sent < request.length;
    if (wants_to_send && (events & EPOLLOUT || s->wire.wants_input)) send_request(s);
    /* A read would take the handshake's end from under the write that waits for it. */
    if (s->is_open && s->wire.wants_input && s->sent < request.length) return;
    if (s->is_open && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(s);
}

static void begin_due(double since) {
    long due = options->streams;
    if (options->ramp) due = (long)((clock_ms() - since) * (double)options->ramp / 1e3) + 1;
    while (begun_streams < options->streams && begun_streams < due) begin(&streams[begun_streams++], false);
}

void streams_begin(const struct options *chosen) {
    options = chosen;
    build_request();
    epoll = epoll_create1(EPOLL_CLOEXEC);
    streams = calloc((size_t)options->streams, sizeof *streams);
    if (!streams) abort();
}

void streams_run(void) {
    struct epoll_event events[256];
    double since = clock_ms(), end = since + (double)options->seconds * 1e3;
    do {
        if (begun_streams < options->streams) begin_due(since);
        bool is_hurried = options->read_rate || begun_streams < options->streams;
        int count = epoll_wait(epoll, events, 256, is_hurried ? 2 : 50);
        for (int i = 0; i < count; i++) ready(events[i].data.ptr, events[i].events);
        if (options->read_rate) wake_slow();
        window_advance(live_streams == options->streams);
    } while ((open_streams || begun_streams < options->streams) && clock_ms() < end);
    for (long i = 0; i < options->streams; i++)
        if (streams[i].is_open) judge(&streams[i]);
}
