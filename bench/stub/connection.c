#define _GNU_SOURCE
#include "connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct connection *closed;
static long connections_made, exchanges_made;

static void watch(struct connection *c, uint32_t interest) {
    interest |= EPOLLRDHUP;
    if (c->interest == interest) return;
    struct epoll_event event = {.events = interest, .data.ptr = c};
    epoll_ctl(c->settings->epoll, c->interest ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &event);
    c->interest = interest;
}

struct connection *connection_open(const struct settings *settings, int fd) {
    struct connection *c = calloc(1, sizeof *c);
    if (!c) abort();
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->settings = settings;
    c->fd = fd;
    c->wire = wire_accepted(fd);
    c->serial = ++connections_made;
    watch(c, EPOLLIN);
    return c;
}

static void end_answer(struct connection *c) {
    if (!c->is_answer_open) return;
    record_answer(c);
    answer_free(&c->answer);
    c->is_answer_open = false;
}

static void close_connection(struct connection *c, bool reset) {
    if (c->state == CLOSED) return;
    if (c->state == READING_BODY) record_request(c);
    end_answer(c);
    struct linger linger = {1, 0};
    if (reset) setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    timer_disarm(&c->timer);
    wire_end(&c->wire);
    close(c->fd);
    c->state = CLOSED;
    c->next_closed = closed;
    closed = c;
}

void connections_sweep(void) {
    while (closed) {
        struct connection *c = closed;
        closed = c->next_closed;
        bytes_free(&c->in);
        bytes_free(&c->out);
        request_free(&c->request);
        free(c);
    }
}

/* For ever when `us` is negative. */
static void wait_for_timer(struct connection *c, long us) {
    c->is_waiting = true;
    watch(c, 0);
    if (us >= 0) timer_arm(&c->timer, now_us() + us);
}

static void choose_scenario(struct connection *c) {
    const char *field = request_field_scenario(&c->request);
    size_t length = 0;
    const char *words = field ? NULL : request_body_scenario(&c->request, &length);
    if (field) scenario_parse(&c->scenario, field, strlen(field));
    else if (words) scenario_parse(&c->scenario, words, length);
    else scenario_parse(&c->scenario, c->settings->default_spec, strlen(c->settings->default_spec));
}

/* `for=TEXT`: other credentials get a plain turn. `sealed=HOW`: so does what was not encrypted elsewhere. */
static void settle_scenario(struct connection *c) {
    struct scenario *s = &c->scenario;
    const char *whose = scenario_text(s, "for", NULL), *credential = request_field(&c->request, "authorization");
    if (whose && !(credential && strstr(credential, whose))) scenario_parse(s, "plain", 5);
    scenario_count_use(s);
    const char *how = scenario_text(s, "sealed", NULL);
    struct facts facts;
    request_facts(&c->request, &facts);
    if (!how || !facts.has_reasoning) return;
    char spec[SCENARIO_TEXT];
    const char *form = strcmp(how, "document") ? "refuse;code=invalid_encrypted_content;as="
                                               : "status;status=400;ecode=invalid_encrypted_content;x=";
    int length = snprintf(spec, sizeof spec, "%s%s", form, how);
    scenario_parse(s, spec, (size_t)length);
}

static void begin_answer(struct connection *c) {
    record_request(c);
    settle_scenario(c);
    c->state = ANSWERING;
    if (scenario_has(&c->scenario, "premade")) {
        c->premade = premade_answer(&c->scenario, &c->request);
        c->last = request_wants_close(&c->request) ? PRODUCED_CLOSE : PRODUCED_KEEP;
        return;
    }
    c->answer.is_logged = c->settings->log != NULL;
    answer_begin(&c->answer, &c->scenario, &c->request, c->exchange);
    c->is_answer_open = true;
    c->last = PRODUCED_MORE;
}

/* A scenario in the head may act before the body: `race`, `early`, `read_rate`, `body_cut`. */
static void head_arrived(struct connection *c) {
    c->requests++;
    c->exchange = ++exchanges_made;
    c->request.side = c->settings->side;
    choose_scenario(c);
    c->state = READING_BODY;
    if (scenario_has(&c->scenario, "race") && c->requests > 1) {
        close_connection(c, false);
        return;
    }
    const char *expect = request_field(&c->request, "expect");
    if (expect && !scenario_has(&c->scenario, "early")) bytes_text(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
    int small = 4096;
    if (scenario_has(&c->scenario, "read_rate")) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (scenario_has(&c->scenario, "early")) begin_answer(c);
}

static void take_body(struct connection *c) {
    if (!request_take_body(&c->request, &c->in)) {
        record_bad(c);
        close_connection(c, false);
    } else if (scenario_is(&c->scenario, "body_cut") &&
               (long)c->request.body.length >= scenario_number(&c->scenario, "after", 1)) {
        close_connection(c, !strcmp(scenario_text(&c->scenario, "how", "rst"), "rst"));
    } else if (c->request.body_complete && c->state == READING_BODY) {
        if (!request_field_scenario(&c->request)) choose_scenario(c);
        begin_answer(c);
    } else if (c->request.body_complete) {
        request_free(&c->request);
        c->state = READING_HEAD;
    }
}

/* The answer is written: on to the next request, or away. */
static void answer_written(struct connection *c) {
    end_answer(c);
    long idle = scenario_number(&c->scenario, "idle_close_ms", -1);
    if (c->last == PRODUCED_RESET || c->last == PRODUCED_CLOSE) {
        close_connection(c, c->last == PRODUCED_RESET);
    } else if (idle >= 0) {
        c->close_when_due = true;
        wait_for_timer(c, idle * 1000);
    } else if (!c->request.body_complete) {
        c->state = READING_REST;
    } else {
        request_free(&c->request);
        c->state = READING_HEAD;
    }
}

/* Sends what is pending. False when the socket takes no more now, or `split` asks for a pause. */
static bool flush(struct connection *c) {
    long split = c->is_answer_open ? scenario_number(&c->scenario, "split", 0) : 0;
    const struct bytes *out = c->premade ? c->premade : &c->out;
    while (c->sent < out->length) {
        size_t take = out->length - c->sent;
        if (split > 0 && take > (size_t)split) take = (size_t)split;
        ssize_t done = wire_send(&c->wire, out->data + c->sent, take);
        if (done < 0 && errno == EAGAIN) return watch(c, EPOLLOUT), false;
        if (done < 0) return close_connection(c, false), false;
        c->sent += (size_t)done;
        if (split > 0 && c->sent < out->length) {
            long pause = scenario_number(&c->scenario, "split_ms", 0);
            if (pause) wait_for_timer(c, pause * 1000);
            else watch(c, EPOLLOUT);
            return false;
        }
    }
    c->out.length = c->sent = 0;
    c->premade = NULL;
    return true;
}

static void answer_more(struct connection *c) {
    if (c->last == PRODUCED_KEEP || c->last == PRODUCED_CLOSE || c->last == PRODUCED_RESET) {
        answer_written(c);
        return;
    }
    if (c->is_pause_owed) {
        c->is_pause_owed = false;
        wait_for_timer(c, c->answer.pause_us);
        return;
    }
    c->last = answer_produce(&c->answer, &c->out);
    c->is_pause_owed = c->last == PRODUCED_PAUSE;
}

/* Goes as far as it can without waiting. */
static void advance(struct connection *c) {
    for (;;) {
        if (c->state == CLOSED || c->is_waiting || !flush(c)) return;
        if (c->state == ANSWERING) {
            answer_more(c);
        } else if (c->state == READING_HEAD) {
            int complete = request_parse_head(&c->request, &c->in);
            if (complete < 0) record_bad(c), close_connection(c, false);
            else if (complete) head_arrived(c);
            else return watch(c, EPOLLIN);
        } else {
            take_body(c);
            if (c->state == READING_BODY || c->state == READING_REST) return watch(c, EPOLLIN);
        }
    }
}

static void receive(struct connection *c) {
    static char buffer[64 * 1024];
    long rate = c->state == READING_BODY ? scenario_number(&c->scenario, "read_rate", 0) : 0;
    size_t most = rate > 0 ? (size_t)(rate / 100 + 1) : sizeof buffer;
    ssize_t got = wire_recv(&c->wire, buffer, most < sizeof buffer ? most : sizeof buffer);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        if (c->state == READING_HEAD && c->in.length) record_bad(c);
        close_connection(c, false);
        return;
    }
    bytes_add(&c->in, buffer, (size_t)got);
    if (rate > 0) take_body(c);
    if (rate > 0 && c->state == READING_BODY) wait_for_timer(c, 10000);
}

void connection_ready(struct connection *c, uint32_t events) {
    if (c->state == CLOSED) return;
    if (events & EPOLLIN) receive(c);
    else if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) close_connection(c, false);
    advance(c);
}

void connection_due(struct connection *c) {
    c->is_waiting = false;
    if (c->close_when_due) close_connection(c, false);
    if (c->state == READING_BODY) watch(c, EPOLLIN);
    advance(c);
}
