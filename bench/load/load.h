/* A load generator that believes nothing: each answer's bytes are checked against the stub's checksum. */
#ifndef LOAD_H
#define LOAD_H

#include "bytes.h"
#include "digest.h"

#include <netinet/in.h>

enum { TAIL_BYTES = 512, READ_BYTES = 64 * 1024 };

struct options {
    struct sockaddr_in address;
    char host[80], path[512];
    const char *token, *scenario, *model;
    long streams, requests, seconds, body_bytes;
    long read_rate;                        /* bytes a second and stream; 0: as they come */
    long long input_tokens, output_tokens; /* expected usage; -1: any */
    bool keep_alive, is_document;
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
    uint64_t check; /* over all content but the last TAIL_BYTES */
    char tail[TAIL_BYTES];
    size_t tail_length;
    long long content_bytes, events;
    int newlines;
};

void reader_begin(struct reader *r);
void reader_take(struct reader *r, const char *data, size_t length);
void reader_end_of_input(struct reader *r);
void reader_free(struct reader *r);
/* True when the content ends as the stub writes it and the checksum before that end is right. */
bool reader_is_intact(struct reader *r, bool is_document);
/* A number of the usage in the content's last bytes, or -1. */
long long reader_usage(const struct reader *r, const char *key);

#endif
