#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void reader_begin(struct reader *r) {
    struct bytes line = r->line;
    line.length = 0;
    *r = (struct reader){.line = line, .check = CHECK_BEGIN};
}

void reader_free(struct reader *r) { bytes_free(&r->line); }

/* An event ends with an empty line; nothing is said of line ends other than the stub's usual ones. */
static void count_events(struct reader *r, const char *data, size_t length) {
    const char *end = data + length;
    for (const char *p = data; p < end; p++) {
        const char *next = memchr(p, '\n', (size_t)(end - p));
        if (!next) {
            r->newlines = 0;
            return;
        }
        r->newlines = next == p ? r->newlines + 1 : 1;
        r->events += r->newlines == 2;
        p = next;
    }
}

static void take_content(struct reader *r, const char *data, size_t length) {
    long long before = r->events;
    r->content_bytes += (long long)length;
    count_events(r, data, length);
    window_take(data, length, r->events - before);
    if (length >= TAIL_BYTES) {
        check_add(&r->check, r->tail, r->tail_length);
        check_add(&r->check, data, length - TAIL_BYTES);
        memcpy(r->tail, data + length - TAIL_BYTES, TAIL_BYTES);
        r->tail_length = TAIL_BYTES;
        return;
    }
    size_t spill = r->tail_length + length > TAIL_BYTES ? r->tail_length + length - TAIL_BYTES : 0;
    check_add(&r->check, r->tail, spill);
    memmove(r->tail, r->tail + spill, r->tail_length - spill);
    memcpy(r->tail + r->tail_length - spill, data, length);
    r->tail_length += length - spill;
}

/* The head is in `line`, as a string. */
static void understand_head(struct reader *r) {
    char *head = r->line.data;
    if (strncmp(head, "HTTP/1.1 ", 9)) {
        r->state = READ_BROKEN;
        return;
    }
    r->status = atoi(head + 9);
    r->line.length = 0;
    if (r->status >= 100 && r->status < 200) return; /* the real one follows */
    const char *length = strcasestr(head, "\r\ncontent-length:");
    r->is_chunked = strcasestr(head, "\r\ntransfer-encoding: chunked");
    r->closes = strcasestr(head, "\r\nconnection: close");
    r->left = length ? atoll(length + strlen("\r\ncontent-length:")) : 0;
    if (r->is_chunked) r->state = READ_SIZE;
    else if (!length) r->state = READ_TO_CLOSE, r->closes = true;
    else r->state = r->left ? READ_DATA : READ_DONE;
}

/* Adds to `line` up to its end; true when the end is there. Returns the bytes used in `used`. */
static bool take_line(struct reader *r, const char *data, size_t length, const char *end, size_t *used) {
    size_t want = strlen(end), before = r->line.length;
    size_t look = before < want ? 0 : before - want + 1;
    const char *line_feed = memchr(data, '\n', length);
    /* Only a head has more than one line: what follows the others is not copied. */
    if (line_feed && want == 2) length = (size_t)(line_feed - data) + 1;
    bytes_add(&r->line, data, length);
    const char *place = find_first(r->line.data + look, r->line.length - look, end);
    *used = length;
    if (!place) {
        if (r->line.length > 256 * 1024) r->state = READ_BROKEN;
        return false;
    }
    size_t total = (size_t)(place - r->line.data) + want;
    *used = total - before;
    r->line.length = total;
    bytes_add(&r->line, "", 1);
    return true;
}

static void understand_size(struct reader *r) {
    char *stop = NULL;
    r->left = strtoll(r->line.data, &stop, 16);
    if (stop == r->line.data || r->left < 0) r->state = READ_BROKEN;
    else r->state = r->left ? READ_DATA : READ_TRAILER;
    r->line.length = 0;
}

static size_t take_data(struct reader *r, const char *data, size_t length) {
    size_t take = (long long)length < r->left ? length : (size_t)r->left;
    take_content(r, data, take);
    r->left -= (long long)take;
    if (!r->left) r->state = r->is_chunked ? READ_DATA_END : READ_DONE;
    return take;
}

void reader_take(struct reader *r, const char *data, size_t length) {
    while (length) {
        size_t used = length;
        switch (r->state) {
        case READ_HEAD:
            if (take_line(r, data, length, "\r\n\r\n", &used)) understand_head(r);
            break;
        case READ_SIZE:
            if (take_line(r, data, length, "\r\n", &used)) understand_size(r);
            break;
        case READ_DATA:
            used = take_data(r, data, length);
            break;
        case READ_DATA_END:
        case READ_TRAILER:
            if (!take_line(r, data, length, "\r\n", &used)) break;
            if (r->line.length != 3) r->state = READ_BROKEN;
            else r->state = r->state == READ_TRAILER ? READ_DONE : READ_SIZE;
            r->line.length = 0;
            break;
        case READ_TO_CLOSE:
            take_content(r, data, length);
            break;
        case READ_DONE: /* bytes that nobody asked for */
            r->state = READ_BROKEN;
            return;
        case READ_BROKEN:
            return;
        }
        data += used;
        length -= used;
    }
}

void reader_end_of_input(struct reader *r) {
    if (r->state == READ_TO_CLOSE) r->state = READ_DONE;
}

bool reader_is_intact(struct reader *r, bool is_document) {
    static const char mark[] = "\"check\":\"";
    const char *place = find_last(r->tail, r->tail_length, mark);
    if (!place) return false;
    place += strlen(mark);
    char hex[17];
    size_t before = (size_t)(place - r->tail);
    struct check check = r->check;
    check_add(&check, r->tail, before);
    snprintf(hex, sizeof hex, "%016llx", (unsigned long long)check_value(&check));
    const char *end = is_document ? "\"}}" : "\"}}}\n\n";
    size_t left = r->tail_length - before;
    return left == 16 + strlen(end) && !memcmp(place, hex, 16) && !memcmp(place + 16, end, strlen(end));
}

bool reader_is_complete(const struct reader *r) {
    return find_first(r->tail, r->tail_length, "response.completed") ||
           find_first(r->tail, r->tail_length, "\"usage\"");
}

long long reader_usage(const struct reader *r, const char *key) {
    const char *usage = find_last(r->tail, r->tail_length, "\"usage\":{");
    if (!usage) return -1;
    const char *place = find_first(usage, (size_t)(r->tail + r->tail_length - usage), key);
    long long value = 0;
    if (!place) return -1;
    for (place += strlen(key); *place >= '0' && *place <= '9'; place++) value = value * 10 + (*place - '0');
    return value;
}
