/* One accepted connection: reads a request, gives its answer, and again. */
#ifndef STUB_CONNECTION_H
#define STUB_CONNECTION_H

#include "answer.h"
#include "timers.h"
#include "wire.h"

#include <stdio.h>

struct settings {
    int epoll;
    FILE *log;                /* NULL: no log */
    const char *default_spec; /* the scenario of a request that names none */
    const char *side;         /* NULL: any */
    long body_bytes;          /* of each body, how much goes into the log */
};

enum connection_state { READING_HEAD, READING_BODY, ANSWERING, READING_REST, CLOSED };

struct connection {
    struct timer timer; /* first: a due timer is cast back to its connection */
    const struct settings *settings;
    int fd;
    struct wire wire;
    long serial;
    long requests; /* begun on this connection */
    enum connection_state state;
    bool is_waiting; /* for the timer, before producing more, reading more or closing */
    bool is_answer_open, close_when_due;
    bool is_pause_owed; /* a pause begins when what was produced before it is written */
    struct connection *next_closed;
    uint32_t interest;
    struct bytes in, out;
    const struct bytes *premade; /* sent instead of `out` */
    size_t sent;
    long exchange; /* serial of the request being served */
    struct request request;
    struct scenario scenario;
    struct answer answer;
    enum produced last;
};

struct connection *connection_open(const struct settings *settings, int fd);
void connection_ready(struct connection *c, uint32_t events);
void connection_due(struct connection *c);
/* Closed connections are freed after a round of events, when nothing points at them any more. */
void connections_sweep(void);

/* premade.c: the whole answer as it goes over the wire, made once for all requests alike (`premade`). */
const struct bytes *premade_answer(const struct scenario *s, struct request *r);

/* record.c: the log, one JSON object a line. */
void record_request(struct connection *c);
void record_answer(struct connection *c);
void record_bad(struct connection *c);

#endif
