/* Answers that no server should give. Each kind is one line of this table. */
#include "answer.h"

#include <string.h>

#define OK "HTTP/1.1 200 OK\r\n"
#define STREAM "content-type: text/event-stream\r\n"
#define CHUNKED "transfer-encoding: chunked\r\n"
#define EVENT "data: {\"type\":\"response.created\",\"response\":{}}\n\n"
#define EVENT_CHUNK "31\r\n" EVENT "\r\n"

static const struct {
    const char *kind, *bytes;
} faults[] = {
    {"nothing", ""},
    {"garbage", "this is not http at all\r\n\r\n"},
    {"partial-head", OK STREAM "x-half: "},
    {"bad-status", "HTTP/1.1 20 OK\r\ncontent-length: 2\r\n\r\n{}"},
    {"bad-version", "HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\n{}"},
    {"switching", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"},
    {"te-and-cl", OK STREAM CHUNKED "content-length: 49\r\n\r\n" EVENT_CHUNK "0\r\n\r\n"},
    {"two-cl", OK "content-length: 2\r\ncontent-length: 3\r\n\r\n{}"},
    {"bad-cl", OK "content-length: 2x\r\n\r\n{}"},
    {"signed-cl", OK "content-length: +2\r\n\r\n{}"},
    {"huge-cl", OK "content-length: 18446744073709551618\r\n\r\n{}"},
    {"te-unknown", OK "transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"te-twice", OK "transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
    {"obs-fold", OK "x-one: a\r\n b\r\ncontent-length: 2\r\n\r\n{}"},
    {"bare-lf", "HTTP/1.1 200 OK\ncontent-length: 2\n\n{}"},
    {"bare-cr", OK "x-one: a\rb\r\ncontent-length: 2\r\n\r\n{}"},
    {"space-colon", OK "content-length : 2\r\n\r\n{}"},
    {"no-colon", OK "nonsense\r\ncontent-length: 2\r\n\r\n{}"},
    {"bad-chunk-first", OK STREAM CHUNKED "\r\nZZ\r\n"},
    {"bad-chunk", OK STREAM CHUNKED "\r\n" EVENT_CHUNK "ZZ\r\n"},
    {"negative-chunk", OK STREAM CHUNKED "\r\n" EVENT_CHUNK "-1\r\n"},
    {"huge-chunk", OK STREAM CHUNKED "\r\n" EVENT_CHUNK "FFFFFFFFFFFFFFFFF\r\n"},
    {"chunk-without-end", OK STREAM CHUNKED "\r\n" EVENT_CHUNK "4\r\nabcdefgh\r\n0\r\n\r\n"},
    {"chunk-bare-lf", OK STREAM CHUNKED "\r\n" EVENT_CHUNK "4\nabcd\n0\n\n"},
};

/* Heads beyond any bound. */
static bool write_large(const char *kind, struct bytes *out) {
    bytes_text(out, OK "content-length: 2\r\n");
    if (!strcmp(kind, "huge-head")) {
        bytes_text(out, "x-huge: ");
        bytes_fill(out, 'h', 200 * 1024);
        bytes_text(out, "\r\n");
    } else if (!strcmp(kind, "many-fields")) {
        for (int i = 0; i < 2000; i++) bytes_format(out, "x-many-%d: 1\r\n", i);
    } else {
        return false;
    }
    bytes_text(out, "\r\n{}");
    return true;
}

bool fault_write(const struct scenario *s, struct bytes *out) {
    const char *kind = scenario_text(s, "kind", "garbage");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (strcmp(faults[i].kind, kind)) continue;
        bytes_text(out, faults[i].bytes);
        return true;
    }
    if (!strcmp(kind, "nul")) {
        bytes_add(out, OK "x-nul: a\0b\r\ncontent-length: 2\r\n\r\n{}",
                  sizeof OK "x-nul: a\0b\r\ncontent-length: 2\r\n\r\n{}" - 1);
        return true;
    }
    size_t length = out->length;
    if (write_large(kind, out)) return true;
    out->length = length;
    return false;
}
