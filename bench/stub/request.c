#define _GNU_SOURCE
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static char *next_line(char **rest, char *end) {
    char *line = *rest;
    char *stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop) return NULL;
    *rest = stop + 1;
    if (stop > line && stop[-1] == '\r') stop--;
    *stop = 0;
    return line;
}

static void note_framing(struct request *r) {
    const char *length = request_field(r, "content-length");
    const char *coding = request_field(r, "transfer-encoding");
    r->content_length = length ? strtoll(length, NULL, 10) : 0;
    r->chunked = coding && strcasestr(coding, "chunked");
    r->chunk_left = -1;
    r->body_complete = !r->chunked && r->content_length == 0;
}

int request_parse_head(struct request *r, struct bytes *in) {
    const char *end = find_first(in->data, in->length, "\r\n\r\n");
    if (!end) return in->length > 256 * 1024 ? -1 : 0;
    size_t length = (size_t)(end - in->data) + 4;
    bytes_add(&r->head, in->data, length);
    bytes_drop_front(in, length);

    char *rest = r->head.data, *stop = r->head.data + length;
    char *line = next_line(&rest, stop), *word = NULL;
    r->method = strtok_r(line, " ", &word);
    r->target = strtok_r(NULL, " ", &word);
    r->version = strtok_r(NULL, " ", &word);
    if (!r->version || strncmp(r->version, "HTTP/1.", 7)) return -1;
    while ((line = next_line(&rest, stop)) && *line) {
        char *colon = strchr(line, ':');
        if (!colon || r->field_count == REQUEST_FIELDS) return -1;
        *colon++ = 0;
        while (*colon == ' ' || *colon == '\t') colon++;
        r->fields[r->field_count++] = (struct field){line, colon};
    }
    note_framing(r);
    return 1;
}

static void keep(struct request *r, struct bytes *in, size_t length) {
    bytes_add(&r->body, in->data, length);
    bytes_drop_front(in, length);
}

/* One size line, chunk or closing line at a time. 1: go on; 0: more bytes needed; -1: broken. */
static int take_chunk(struct request *r, struct bytes *in) {
    if (r->chunk_left > 0) {
        size_t take = in->length < (size_t)r->chunk_left ? in->length : (size_t)r->chunk_left;
        if (!take) return 0;
        keep(r, in, take);
        r->chunk_left -= (long long)take;
        return 1;
    }
    const char *end = find_first(in->data, in->length, "\r\n");
    if (!end) return 0;
    size_t line = (size_t)(end - in->data);
    if (r->chunk_end) {
        r->body_complete = line == 0;
    } else if (r->chunk_left == 0) {
        if (line) return -1;
        r->chunk_left = -1;
    } else {
        char *stop = NULL;
        r->chunk_left = strtoll(in->data, &stop, 16);
        if (stop == in->data || r->chunk_left < 0) return -1;
        r->chunk_end = r->chunk_left == 0;
    }
    bytes_drop_front(in, line + 2);
    return !r->body_complete;
}

bool request_take_body(struct request *r, struct bytes *in) {
    if (r->chunked) {
        int more = 1;
        while (more == 1) more = take_chunk(r, in);
        return more == 0;
    }
    long long left = r->content_length - (long long)r->body.length;
    keep(r, in, in->length < (size_t)left ? in->length : (size_t)left);
    r->body_complete = (long long)r->body.length == r->content_length;
    return true;
}

const char *request_field(const struct request *r, const char *name) {
    for (int i = 0; i < r->field_count; i++)
        if (!strcasecmp(r->fields[i].name, name)) return r->fields[i].value;
    return NULL;
}

bool request_wants_close(const struct request *r) {
    const char *connection = request_field(r, "connection");
    if (!strcmp(r->version, "HTTP/1.0")) return !connection || !strcasestr(connection, "keep-alive");
    return connection && strcasestr(connection, "close");
}

void request_free(struct request *r) {
    bytes_free(&r->head);
    bytes_free(&r->body);
    *r = (struct request){0};
}

/* Past one JSON string or any other run up to a separator; NULL at the end of the text. */
static const char *past_string(const char *p, const char *end) {
    for (p++; p < end; p++) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        const char *escape = quote ? memchr(p, '\\', (size_t)(quote - p)) : NULL;
        if (!escape) return quote ? quote + 1 : NULL;
        p = escape + 1;
    }
    return NULL;
}

/* The value of a key of the top-level object: its text, a string without quotes. */
static const char *top_value(const struct bytes *b, const char *key, size_t *length) {
    const char *end = b->data + b->length;
    size_t key_length = strlen(key);
    int depth = 0;
    bool found = false;
    for (const char *p = b->data; p && p < end;) {
        if (*p == '"') {
            const char *after = past_string(p, end);
            if (!after) return NULL;
            if (found) {
                *length = (size_t)(after - p) - 2;
                return p + 1;
            }
            while (after < end && strchr(" \t\r\n", *after)) after++;
            bool is_key = depth == 1 && after < end && *after == ':';
            found = is_key && !strncmp(p + 1, key, key_length) && p[1 + key_length] == '"';
            p = is_key ? after + 1 : after;
        } else if (found && !strchr(" \t\r\n", *p)) {
            const char *stop = p;
            while (stop < end && !strchr(",}] \r\n", *stop)) stop++;
            *length = (size_t)(stop - p);
            return p;
        } else {
            if (*p == '{' || *p == '[') depth++;
            if (*p == '}' || *p == ']') depth--;
            p++;
        }
    }
    return NULL;
}

static void copy_value(const struct bytes *b, const char *key, char *to, size_t capacity) {
    size_t length = 0;
    const char *value = top_value(b, key, &length);
    if (!value || length >= capacity) return;
    memcpy(to, value, length);
    to[length] = 0;
}

const char *request_field_scenario(const struct request *r) {
    char name[32];
    snprintf(name, sizeof name, "x-stub-%s", r->side ? r->side : "");
    const char *field = request_field(r, name);
    return field ? field : request_field(r, "x-stub");
}

const char *request_body_scenario(const struct request *r, size_t *length) {
    char words[32] = "[stub:";
    if (r->side) snprintf(words, sizeof words, "[stub-%s:", r->side);
    const char *start = find_last(r->body.data, r->body.length, words);
    if (!start) start = find_last(r->body.data, r->body.length, strcpy(words, "[stub:"));
    if (!start) return NULL;
    start += strlen(words);
    const char *end = memchr(start, ']', (size_t)(r->body.data + r->body.length - start));
    if (!end) return NULL;
    *length = (size_t)(end - start);
    return start;
}

void request_facts(const struct request *r, struct facts *f) {
    *f = (struct facts){.image_count = 1};
    if (!r->body.length) return;
    char number[16] = "", stream[8] = "";
    copy_value(&r->body, "model", f->model, sizeof f->model);
    copy_value(&r->body, "service_tier", f->tier, sizeof f->tier);
    copy_value(&r->body, "stream", stream, sizeof stream);
    copy_value(&r->body, "n", number, sizeof number);
    f->stream = !strcmp(stream, "true");
    if (number[0]) f->image_count = strtol(number, NULL, 10);
    size_t length;
    const char *words = request_body_scenario(r, &length);
    const char *from = words ? words : r->body.data;
    f->has_tool_output = find_first(from, (size_t)(r->body.data + r->body.length - from), "function_call_output");
    f->has_reasoning = find_first(r->body.data, r->body.length, "\"type\":\"reasoning\"") ||
                       find_first(r->body.data, r->body.length, "\"type\": \"reasoning\"");
}
