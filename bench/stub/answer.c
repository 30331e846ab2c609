#include "answer.h"

#include <stdlib.h>
#include <string.h>

/* Behind this much unsent output no further event is made: a flood must not fill memory. */
enum { FLOOD_BYTES = 64 * 1024 };

static bool path_ends(const struct request *r, const char *tail) {
    size_t length = strcspn(r->target, "?"), want = strlen(tail);
    return length >= want && !memcmp(r->target + length - want, tail, want);
}

static void choose_content(struct answer *a, const struct facts *facts) {
    struct request *r = a->request;
    a->status = 200;
    if (scenario_is(a->scenario, "status")) {
        a->status = (int)scenario_number(a->scenario, "status", 500);
        document_error(a->scenario, a->status, &a->document);
    } else if (path_ends(r, "/models")) {
        document_models(&a->document);
    } else if (path_ends(r, "/images/generations") || path_ends(r, "/images/edits")) {
        document_images(a->scenario, facts, &a->document);
    } else if (path_ends(r, "/alpha/search")) {
        document_search(&a->document);
    } else if (path_ends(r, "/responses") && !strcmp(r->method, "POST")) {
        turn_begin(&a->turn, a->scenario, facts, a->serial);
        a->is_stream = facts->stream;
        if (!a->is_stream) turn_document(&a->turn, &a->document);
    } else {
        a->status = 404;
        document_error(a->scenario, 404, &a->document);
    }
}

void answer_begin(struct answer *a, const struct scenario *s, struct request *r, long serial) {
    *a = (struct answer){.scenario = s, .request = r, .serial = serial, .is_logged = a->is_logged};
    sha256_begin(&a->content_digest);
    struct facts facts;
    request_facts(r, &facts);
    if (scenario_has(s, "stream")) facts.stream = scenario_number(s, "stream", 1) != 0;
    choose_content(a, &facts);
    const char *framing = scenario_text(s, "framing", a->is_stream ? "chunked" : "cl");
    a->framing = !strcmp(framing, "chunked") ? FRAMING_CHUNKED
                 : !strcmp(framing, "cl")    ? FRAMING_LENGTH
                                             : FRAMING_CLOSE;
}

void answer_free(struct answer *a) { bytes_free(&a->document); }

bool answer_is_generation(const struct answer *a) {
    if (!a->request->body_complete || a->status >= 300 || scenario_is(a->scenario, "refuse")) return false;
    return !strcmp(a->request->method, "POST") && !scenario_is(a->scenario, "status");
}

/* Content-Length of a stream: the same turn, made once without being sent. */
static long long stream_length(const struct answer *a) {
    struct turn turn = a->turn;
    struct bytes event = {0};
    long long total = 0;
    bool is_final;
    for (; turn_next(&turn, &event, &is_final); event.length = 0) total += (long long)event.length;
    bytes_free(&event);
    return total;
}

/* What a real upstream says about itself and its customer; the gateway must keep these to itself. */
static const char managed_fields[] =
    "set-cookie: __cf_bm=stub; path=/\r\nlocation: https://elsewhere.example.test/\r\n"
    "openai-organization: org-stub\r\nopenai-project: proj_stub\r\nopenai-processing-ms: 12\r\n"
    "openai-version: 2020-10-01\r\nx-ratelimit-limit-requests: 100\r\nx-ratelimit-remaining-tokens: 5\r\n"
    "x-codex-primary-used-percent: 42\r\nx-codex-plan-type: team\r\nx-codex-turn-state: stub-turn-state\r\n"
    "connection: x-hop\r\nx-hop: secret\r\nkeep-alive: timeout=5\r\nproxy-authenticate: Basic\r\n";

/* `field=name:value|name:value` */
static void write_chosen_fields(const struct scenario *s, struct bytes *out) {
    const char *at = scenario_text(s, "field", "");
    while (*at) {
        size_t length = strcspn(at, "|");
        bytes_add(out, at, length);
        bytes_text(out, "\r\n");
        at += length + (at[length] == '|');
    }
}

static const char *reason(int status) {
    return status == 200   ? "OK"
           : status == 429 ? "Too Many Requests"
           : status < 400  ? "Moved"
           : status < 500  ? "Refused"
                           : "Failed";
}

static void write_head(struct answer *a, struct bytes *out) {
    const struct scenario *s = a->scenario;
    long interim = scenario_number(s, "interim", 0);
    for (long i = 0; interim && i < scenario_number(s, "interim_count", 1); i++)
        bytes_format(out, "HTTP/1.1 %ld Interim\r\nlink: </x>\r\n\r\n", interim);
    bytes_format(out, "HTTP/1.1 %d %s\r\n", a->status, reason(a->status));
    const char *type = a->is_stream ? "text/event-stream; charset=utf-8" : "application/json";
    bytes_format(out, "content-type: %s\r\nx-request-id: req_stub_%ld\r\n", scenario_text(s, "ctype", type), a->serial);
    if (scenario_has(s, "managed_fields")) bytes_text(out, managed_fields);
    if (scenario_has(s, "location")) bytes_format(out, "location: %s\r\n", scenario_text(s, "location", ""));
    if (scenario_has(s, "retry_after")) bytes_format(out, "retry-after: %s\r\n", scenario_text(s, "retry_after", ""));
    if (scenario_has(s, "turn_state"))
        bytes_format(out, "x-codex-turn-state: %s\r\n", scenario_text(s, "turn_state", ""));
    write_chosen_fields(s, out);
    if (a->framing == FRAMING_CHUNKED) bytes_text(out, "transfer-encoding: chunked\r\n");
    if (a->framing == FRAMING_LENGTH)
        bytes_format(out, "content-length: %lld\r\n", a->is_stream ? stream_length(a) : (long long)a->document.length);
    if (a->framing == FRAMING_CLOSE || scenario_has(s, "close")) bytes_text(out, "connection: close\r\n");
    bytes_text(out, "\r\n");
}

/* Content into `out` under the answer's framing. `claimed` above `length`: a chunk that stays open. */
static void write_content(struct answer *a, const char *data, size_t length, size_t claimed, struct bytes *out) {
    long most = scenario_number(a->scenario, "chunk", 0);
    if (a->is_logged) sha256_add(&a->content_digest, data, length);
    a->content_bytes += (long long)length;
    if (a->framing != FRAMING_CHUNKED) {
        bytes_add(out, data, length);
        return;
    }
    const char *extension = scenario_has(a->scenario, "chunk_ext") ? ";name=\"v;\"" : "";
    if (most <= 0 || claimed != length) most = (long)claimed;
    for (size_t at = 0; at < length; at += (size_t)most) {
        size_t take = length - at < (size_t)most ? length - at : (size_t)most;
        bytes_format(out, "%zx%s\r\n", claimed == length ? take : claimed, extension);
        bytes_add(out, data + at, take);
        if (claimed == length) bytes_text(out, "\r\n");
    }
}

static enum produced cut(const struct answer *a) {
    return strcmp(scenario_text(a->scenario, "how", "fin"), "rst") ? PRODUCED_CLOSE : PRODUCED_RESET;
}

static enum produced stall(struct answer *a) {
    a->stalled = true;
    long ms = scenario_number(a->scenario, "for_ms", -1);
    a->pause_us = ms < 0 ? ms : ms * 1000;
    return PRODUCED_PAUSE;
}

/* `cut;after=N` ends before event N, `mid=1` in the middle of it; without `after` it is the final event. */
static bool is_place(const struct answer *a, bool is_final, long number) {
    long after = scenario_number(a->scenario, "after", -1);
    return after < 0 ? is_final : number == after;
}

static enum produced next_event(struct answer *a, struct bytes *out) {
    const struct scenario *s = a->scenario;
    long number = a->turn.written;
    struct bytes event = {0};
    struct turn before = a->turn;
    bool is_final;
    enum produced result = PRODUCED_MORE;
    if (!turn_next(&a->turn, &event, &is_final)) {
        a->phase = ANSWER_END;
    } else if (scenario_is(s, "cut") && is_place(a, is_final, number)) {
        size_t part = scenario_has(s, "mid") ? event.length / 2 : 0;
        if (part) write_content(a, event.data, part, event.length, out);
        result = cut(a);
    } else if (scenario_is(s, "stall") && !a->stalled && is_place(a, is_final, number)) {
        a->turn = before;
        result = stall(a);
    } else {
        write_content(a, event.data, event.length, event.length, out);
        bool shaking_hands = number < a->turn.handshake;
        a->pause_us = scenario_number(s, shaking_hands ? "handshake_ms" : "pace_ms", 0) * 1000;
        /* `spread`: each stream begins somewhere else in its first pause, so that many never come together. */
        if (!number && scenario_has(s, "spread")) a->pause_us = a->pause_us * (a->serial * 619 % 1000) / 1000 + 1;
        if (a->pause_us) result = PRODUCED_PAUSE;
    }
    bytes_free(&event);
    return result;
}

static enum produced whole_document(struct answer *a, struct bytes *out) {
    size_t length = a->document.length;
    bool is_cut = scenario_is(a->scenario, "cut") || scenario_has(a->scenario, "cut");
    if (is_cut) length /= 2;
    if (length) write_content(a, a->document.data, length, a->document.length, out);
    a->phase = ANSWER_END;
    return is_cut ? cut(a) : PRODUCED_MORE;
}

static enum produced finish(struct answer *a, struct bytes *out) {
    const struct scenario *s = a->scenario;
    a->complete = true;
    if (scenario_has(s, "no_last_chunk")) return cut(a);
    if (a->framing == FRAMING_CHUNKED) {
        bytes_text(out, scenario_has(s, "chunk_ext") ? "0;last\r\n" : "0\r\n");
        bytes_text(out, scenario_has(s, "trailers") ? "x-trailer: t\r\n\r\n" : "\r\n");
    }
    bytes_fill(out, 'E', (size_t)scenario_number(s, "extra", 0));
    bool close = a->framing == FRAMING_CLOSE || scenario_has(s, "close") || request_wants_close(a->request);
    return close ? PRODUCED_CLOSE : PRODUCED_KEEP;
}

enum produced answer_produce(struct answer *a, struct bytes *out) {
    const struct scenario *s = a->scenario;
    if (a->phase == ANSWER_HEAD) {
        if (scenario_is(s, "stall") && !a->stalled && !strcmp(scenario_text(s, "at", "event"), "head")) return stall(a);
        if (scenario_is(s, "broken") && fault_write(s, out)) {
            if (!scenario_has(s, "hold")) return PRODUCED_CLOSE;
            return stall(a);
        }
        write_head(a, out);
        a->phase = ANSWER_CONTENT;
        if (!strcmp(a->request->method, "HEAD")) a->phase = ANSWER_END, a->framing = FRAMING_LENGTH;
        return PRODUCED_MORE;
    }
    if (a->phase == ANSWER_END) return finish(a, out);
    if (!a->is_stream) return whole_document(a, out);
    enum produced result = PRODUCED_MORE;
    while (result == PRODUCED_MORE && a->phase == ANSWER_CONTENT && out->length < FLOOD_BYTES)
        result = next_event(a, out);
    return result;
}
