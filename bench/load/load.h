/* A load generator that believes nothing: each answer's bytes are checked against the stub's checksum. */
#ifndef LOAD_H
#define LOAD_H

#include "bytes.h"
#include "digest.h"
#include "wire.h"

#include <netinet/in.h>

enum { TAIL_BYTES = 2048, READ_BYTES = 64 * 1024, WATCHED_MOST = 64 };

struct options {
    struct sockaddr_in address;
    char host[80], path[512];
    const char *token, *scenario, *model, *authority;
    struct bytes fields; /* more fields of each request */
    long streams, requests, seconds, body_bytes;
    long read_rate;            /* bytes a second and stream; 0: as they come */
    long ramp;                 /* new streams a second; 0: all at once */
    long warmup_ms, window_ms; /* 0: no window */
    int watched[WATCHED_MOST]; /* processes whose CPU is read at both ends of the window */
    int watched_count;
    long long input_tokens, output_tokens; /* expected usage; -1: any */
    bool keep_alive, is_document, resume;
    bool is_rewritten; /* the gateway writes events of its own: completeness is all that can be asked for */
};

struct totals {
    long started, ok, refused, mismatched, incomplete, broken, wrong_usage;
    long statuses[600];
    long long content_bytes, events;
    double first_byte_ms, complete_ms; /* sums, over answers that are ok */
};

/* Reads one HTTP answer from bytes that come in any pieces. */
struct reader {
    enum { READ_HEAD, READ_SIZE, READ_DATA, READ_DATA_END, READ_TRAILER, READ_TO_CLOSE, READ_DONE, READ_BROKEN } state;
    struct bytes line; /* the head, or a size line, as far as it came */
    int status;
    bool is_chunked, closes;
    long long left;
    struct check check; /* over all content but the last TAIL_BYTES */
    char tail[TAIL_BYTES];
    size_t tail_length;
    long long content_bytes, events;
    int newlines;
};

void reader_begin(struct reader *r);
void reader_take(struct reader *r, const char *data, size_t length);
void reader_end_of_input(struct reader *r);
/* True when the content ends as the stub writes it and the checksum before that end is right. */
bool reader_is_intact(struct reader *r, bool is_document);
/* True when the content's last bytes are those of a final event, whoever wrote it. */
bool reader_is_complete(const struct reader *r);
/* A number of the usage in the content's last bytes, or -1. */
long long reader_usage(const struct reader *r, const char *key);

/* stream.c: the connections, each with one request under way. */
void streams_begin(const struct options *options);
/* Until every request is answered, or the time is over. */
void streams_run(void);
const struct totals *streams_totals(void);

double clock_ms(void);

/*
 * The window: the part of a run that is measured. It opens when every stream has had its first byte and `warmup_ms`
 * have passed, and lasts `window_ms`. Stamps inside events give the time from the upstream's write to our read.
 */
void window_begin(const struct options *options);
/* To be called before what one read brought is taken. */
void window_arrived(void);
void window_take(const char *content, size_t length, long long events);
/* One answer was ok. */
void window_answered(double complete_ms);
/* `is_live`: every stream has had its first byte. Prints a line when the window closes. */
void window_advance(bool is_live);
bool window_is_closed(void);
/* Its figures as members of a JSON object. */
void window_print(void);

#endif
