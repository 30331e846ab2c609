/* The log: what arrived and what was sent, so that a test can compare bytes instead of trusting counts. */
#include "connection.h"

#include <string.h>

static void finish_line(struct connection *c, struct bytes *line) {
    bytes_text(line, "}\n");
    fwrite(line->data, 1, line->length, c->settings->log);
    fflush(c->settings->log);
    bytes_free(line);
}

static void text(struct bytes *line, const char *key, const char *value) {
    bytes_format(line, ",\"%s\":", key);
    bytes_json_string(line, value, strlen(value));
}

void record_request(struct connection *c) {
    if (!c->settings->log) return;
    struct request *r = &c->request;
    struct bytes line = {0};
    char hex[65];
    struct sha256 digest;
    sha256_begin(&digest);
    sha256_add(&digest, r->body.data, r->body.length);
    sha256_hex(&digest, hex);
    bytes_format(&line, "{\"event\":\"request\",\"n\":%ld,\"connection\":%ld,\"on_connection\":%ld", c->exchange,
                 c->serial, c->requests);
    text(&line, "method", r->method);
    text(&line, "target", r->target);
    text(&line, "version", r->version);
    bytes_text(&line, ",\"fields\":[");
    for (int i = 0; i < r->field_count; i++) {
        bytes_text(&line, i ? ",[" : "[");
        bytes_json_string(&line, r->fields[i].name, strlen(r->fields[i].name));
        bytes_text(&line, ",");
        bytes_json_string(&line, r->fields[i].value, strlen(r->fields[i].value));
        bytes_text(&line, "]");
    }
    bytes_format(&line, "],\"body_complete\":%s,\"body_bytes\":%zu,\"body_sha256\":\"%s\",\"body_first\":",
                 r->body_complete ? "true" : "false", r->body.length, hex);
    size_t most = (size_t)c->settings->body_bytes;
    bytes_json_string(&line, r->body.data, r->body.length < most ? r->body.length : most);
    text(&line, "scenario", c->scenario.spec);
    finish_line(c, &line);
}

void record_answer(struct connection *c) {
    if (!c->settings->log) return;
    struct answer *a = &c->answer;
    struct bytes line = {0};
    char hex[65];
    sha256_hex(&a->content_digest, hex);
    bool written = c->sent == c->out.length;
    bytes_format(&line, "{\"event\":\"answer\",\"n\":%ld,\"connection\":%ld,\"status\":%d", c->exchange, c->serial,
                 a->status);
    text(&line, "id", a->turn.id);
    bytes_format(&line, ",\"generated\":%s", answer_is_generation(a) ? "true" : "false");
    bytes_format(&line, ",\"content_bytes\":%lld,\"content_sha256\":\"%s\",\"complete\":%s", a->content_bytes, hex,
                 a->complete && written ? "true" : "false");
    text(&line, "scenario", c->scenario.spec);
    finish_line(c, &line);
}

void record_bad(struct connection *c) {
    if (!c->settings->log) return;
    struct bytes line = {0};
    bytes_format(&line, "{\"event\":\"bad\",\"connection\":%ld,\"first\":", c->serial);
    bytes_json_string(&line, c->in.data, c->in.length < 200 ? c->in.length : 200);
    finish_line(c, &line);
}
