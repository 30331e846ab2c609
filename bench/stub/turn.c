/* The events of one turn, one at a time, so that a long answer is never held whole. */
#include "content.h"
#include "timers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void turn_begin(struct turn *t, const struct scenario *s, const struct facts *f, long serial) {
    *t = (struct turn){.scenario = s, .facts = *f, .serial = serial, .check = CHECK_BEGIN};
    t->events = scenario_number(s, "events", 5);
    t->handshake = scenario_number(s, "handshake", 2);
    snprintf(t->id, sizeof t->id, "%s", scenario_text(s, "id", ""));
    if (!t->id[0]) snprintf(t->id, sizeof t->id, "resp_stub_%ld", serial);
}

static const char *line_end(struct turn *t) {
    const char *eol = scenario_text(t->scenario, "eol", "lf");
    static const char *mixed[] = {"\n", "\r\n", "\r"};
    if (!strcmp(eol, "crlf")) return "\r\n";
    if (!strcmp(eol, "cr")) return "\r";
    if (!strcmp(eol, "mixed")) return mixed[t->written % 3];
    return "\n";
}

/* `multiline=1`: the JSON goes out in several data lines, cut behind commas outside of strings. */
static void write_data(struct turn *t, const struct bytes *json, struct bytes *out, const char *eol) {
    const char *lead = scenario_number(t->scenario, "space", 1) ? "data: " : "data:";
    bool several = scenario_has(t->scenario, "multiline");
    size_t from = 0;
    bool in_string = false;
    for (size_t i = 0; several && i < json->length; i++) {
        char c = json->data[i];
        if (in_string && c == '\\') i++;
        else if (c == '"') in_string = !in_string;
        else if (c == ',' && !in_string) {
            bytes_text(out, lead);
            bytes_add(out, json->data + from, i + 1 - from);
            bytes_text(out, eol);
            from = i + 1;
        }
    }
    bytes_text(out, lead);
    bytes_add(out, json->data + from, json->length - from);
}

/* `order=last` puts `type` behind everything else; `order=escaped` writes an escape into the keys. */
static void write_event(struct turn *t, const char *type, const struct bytes *fields, struct bytes *out,
                        const char *tail) {
    const char *eol = line_end(t), *order = scenario_text(t->scenario, "order", "first");
    struct bytes json = {0};
    if (!strcmp(order, "last")) bytes_format(&json, "{\"sequence_number\":%ld,", t->sequence++);
    else
        bytes_format(&json, "{\"%s\":\"%s\",\"sequence_number\":%ld,",
                     !strcmp(order, "escaped") ? "t\\u0079pe" : "type", type, t->sequence++);
    bytes_add(&json, fields->data, fields->length);
    if (!strcmp(order, "last")) bytes_format(&json, ",\"type\":\"%s\"", type);
    bytes_text(&json, "}");
    if (scenario_has(t->scenario, "comments")) bytes_format(out, ": comment %ld \"}\"%s", t->written, eol);
    if (!scenario_has(t->scenario, "noevent")) bytes_format(out, "event: %s%s", type, eol);
    write_data(t, &json, out, eol);
    if (strcmp(tail, "none")) bytes_text(out, eol);
    if (!strcmp(tail, "blank")) bytes_text(out, eol);
    bytes_free(&json);
}

static void write_delta(struct turn *t, struct bytes *fields, long number) {
    static const char words[] = "The quick brown fox jumps over the lazy dog while gateways count every token ";
    long size = scenario_number(t->scenario, "event_bytes", 24);
    /* As late as possible: the event is sent as soon as it is made. Always of one length. */
    if (scenario_has(t->scenario, "stamp")) bytes_format(fields, "\"stamp\":%019lld,", (long long)now_ns());
    bytes_format(fields, "\"item_id\":\"msg_%ld\",\"output_index\":0,\"content_index\":0,\"delta\":\"", t->serial);
    for (long at = number * size % ((long)sizeof words - 1); size > 0;) {
        long take = (long)sizeof words - 1 - at;
        if (take > size) take = size;
        bytes_add(fields, words + at, (size_t)take);
        size -= take, at = 0;
    }
    bytes_text(fields, "\"");
}

static void write_message_item(struct turn *t, struct bytes *out) {
    bool calls = scenario_is(t->scenario, "tool") && !t->facts.has_tool_output;
    if (calls) {
        const char *command = scenario_text(t->scenario, "command", "echo tool-ran");
        bytes_format(out,
                     "{\"type\":\"function_call\",\"id\":\"fc_%ld\",\"call_id\":\"call_%ld\",\"name\":\"exec_command\","
                     "\"arguments\":\"{\\\"cmd\\\":\\\"%s\\\"}\",\"status\":\"completed\"}",
                     t->serial, t->serial, command);
        return;
    }
    bytes_format(out,
                 "{\"type\":\"message\",\"id\":\"msg_%ld\",\"role\":\"assistant\",\"status\":\"completed\",\"content\":"
                 "[{\"type\":\"output_text\",\"annotations\":[],\"text\":",
                 t->serial);
    const char *text = scenario_text(t->scenario, "text", "The stub has answered.");
    bytes_json_string(out, text, strlen(text));
    bytes_text(out, "}]}");
}

static void write_search_item(struct turn *t, struct bytes *out, long number, const char *action) {
    bytes_format(
        out,
        "\"output_index\":%ld,\"item\":{\"type\":\"web_search_call\",\"id\":\"ws_%ld_%ld\",\"status\":\"completed\"",
        number + 1, t->serial, number);
    if (!strcmp(action, "none")) bytes_text(out, "}");
    else bytes_format(out, ",\"action\":{\"type\":\"%s\",\"query\":\"q\"}}", action);
}

static void write_image_item(struct turn *t, struct bytes *out, long number) {
    const struct scenario *s = t->scenario;
    bytes_format(out,
                 "\"output_index\":%ld,\"item\":{\"type\":\"image_generation_call\",\"id\":\"ig_%ld_%ld\",\"status\":"
                 "\"completed\",\"result\":\"aW1hZ2U=\"",
                 number + 50, t->serial, number);
    for (int i = 0; i < 3; i++) {
        static const char *keys[][2] = {{"image_model", "model"}, {"image_quality", "quality"}, {"image_size", "size"}};
        if (scenario_has(s, keys[i][0]))
            bytes_format(out, ",\"%s\":\"%s\"", keys[i][1], scenario_text(s, keys[i][0], ""));
    }
    bytes_text(out, "}");
}

/* `thinks`: an item that only its maker can open; a client sends it back with the next request. */
static void write_reasoning_item(struct turn *t, struct bytes *out) {
    bytes_format(out,
                 "\"output_index\":90,\"item\":{\"type\":\"reasoning\",\"id\":\"rs_%ld\",\"summary\":[],"
                 "\"encrypted_content\":\"%s\"}",
                 t->serial, scenario_text(t->scenario, "thinks", ""));
}

static const char *terminal_type(struct turn *t) {
    if (scenario_is(t->scenario, "failed")) return "response.failed";
    if (scenario_is(t->scenario, "incomplete")) return "response.incomplete";
    return "response.completed";
}

/* Fills the checksum in: of every content byte before the place itself. */
static void write_check(struct turn *t, struct bytes *out, size_t from) {
    const char *place = find_last(out->data + from, out->length - from, TURN_CHECK_PLACE);
    if (!place) return;
    struct check check = t->check;
    check_add(&check, out->data + from, (size_t)(place - out->data) - from);
    char hex[17];
    snprintf(hex, sizeof hex, "%016llx", (unsigned long long)check_value(&check));
    memcpy(out->data + (place - out->data), hex, 16);
}

static void write_terminal(struct turn *t, struct bytes *fields) {
    const char *status = terminal_type(t) + strlen("response.");
    bytes_text(fields, "\"response\":");
    turn_response(t, fields, status);
}

/* What comes before the first output: made, begun, then `handshake=N` in all of what Codex calls metadata. */
static const char *write_handshake(struct turn *t, struct bytes *fields) {
    static const char *further[] = {"codex.rate_limits", "response.metadata", "keepalive"};
    if (t->step < 2) {
        bytes_format(fields,
                     "\"response\":{\"id\":\"%s\",\"object\":\"response\",\"status\":\"in_progress\",\"model\":\"%s\","
                     "\"output\":[],\"usage\":null}",
                     t->id, t->facts.model);
        return t->step ? "response.in_progress" : "response.created";
    }
    bytes_format(fields, "\"n\":%ld,\"padding\":\"", t->step);
    bytes_fill(fields, 'p', (size_t)scenario_number(t->scenario, "handshake_bytes", 0));
    bytes_text(fields, "\"");
    return further[t->step % 3];
}

/* `as=failed`, `as=error` with the code beside the type, `as=nested` with an error object. */
static const char *write_refusal(struct turn *t, struct bytes *fields) {
    const char *as = scenario_text(t->scenario, "as", "failed");
    if (!strcmp(as, "failed")) {
        bytes_format(fields, "\"response\":{\"id\":\"%s\",\"object\":\"response\",\"status\":\"failed\",", t->id);
        bytes_text(fields, "\"error\":");
        document_error_object(t->scenario, fields);
        bytes_text(fields, ",\"output\":[],\"usage\":null}");
        return "response.failed";
    }
    if (!strcmp(as, "nested")) {
        bytes_text(fields, "\"status\":429,\"error\":");
        document_error_object(t->scenario, fields);
        return "error";
    }
    const char *message = scenario_text(t->scenario, "message", "The stub was told to fail.");
    bytes_format(fields, "\"code\":\"%s\",\"message\":", scenario_text(t->scenario, "code", "server_error"));
    bytes_json_string(fields, message, strlen(message));
    bytes_text(fields, ",\"param\":null");
    return "error";
}

/* Which event comes at this step: its type and fields; NULL after the last one. */
static const char *compose(struct turn *t, struct bytes *fields, bool *is_final) {
    const struct scenario *s = t->scenario;
    long at = t->step, searches = scenario_number(s, "searches", 0), opens = scenario_number(s, "opens", 0);
    long bare = scenario_number(s, "bare_searches", 0), images = scenario_number(s, "images", 0);
    if (at < t->handshake) return write_handshake(t, fields);
    at -= t->handshake;
    if (scenario_is(s, "refuse")) {
        *is_final = at == 0;
        return at ? NULL : write_refusal(t, fields);
    }
    if (scenario_has(s, "noadded")) at += 2;
    if (at == 0) {
        bytes_format(fields,
                     "\"output_index\":0,\"item\":{\"type\":\"message\",\"id\":\"msg_%ld\",\"role\":\"assistant\","
                     "\"status\":\"in_progress\",\"content\":[]}",
                     t->serial);
        return "response.output_item.added";
    }
    if (at == 1) {
        bytes_format(
            fields,
            "\"item_id\":\"msg_%ld\",\"output_index\":0,\"content_index\":0,\"part\":{\"type\":\"output_text\","
            "\"annotations\":[],\"text\":\"\"}",
            t->serial);
        return "response.content_part.added";
    }
    if ((at -= 2) < t->events) return write_delta(t, fields, at), "response.output_text.delta";
    at -= t->events;
    if (at < searches)
        return write_search_item(t, fields, at % scenario_number(s, "distinct", 1000), "search"),
               "response.output_item.done";
    if ((at -= searches) < opens)
        return write_search_item(t, fields, 2000 + at, at % 2 ? "find_in_page" : "open_page"),
               "response.output_item.done";
    if ((at -= opens) < bare) return write_search_item(t, fields, 3000 + at, "none"), "response.output_item.done";
    if ((at -= bare) < images) return write_image_item(t, fields, at), "response.output_item.done";
    at -= images;
    if (scenario_has(s, "thinks") && at-- == 0) return write_reasoning_item(t, fields), "response.output_item.done";
    if (at == 0) {
        bytes_text(fields, "\"output_index\":0,\"item\":");
        write_message_item(t, fields);
        return "response.output_item.done";
    }
    if (at > 1 + scenario_number(s, "twice", 0) || scenario_is(s, "unfinished")) return NULL;
    *is_final = true;
    write_terminal(t, fields);
    return terminal_type(t);
}

bool turn_next(struct turn *t, struct bytes *out, bool *is_final) {
    struct bytes fields = {0};
    size_t from = out->length;
    *is_final = false;
    const char *type = compose(t, &fields, is_final);
    if (type) {
        if (t->step == 0 && scenario_has(t->scenario, "bom")) bytes_text(out, "\xef\xbb\xbf");
        write_event(t, type, &fields, out, *is_final ? scenario_text(t->scenario, "tail", "blank") : "blank");
        write_check(t, out, from);
        t->written++;
    }
    bytes_free(&fields);
    if (!type && scenario_has(t->scenario, "done") && !t->done_written) {
        bytes_format(out, "data: [DONE]%s%s", line_end(t), line_end(t));
        t->done_written = true;
        type = "done";
    }
    t->step++;
    check_add(&t->check, out->data + from, out->length - from);
    return type != NULL;
}

void turn_document(struct turn *t, struct bytes *out) {
    size_t from = out->length;
    const char *type = terminal_type(t);
    turn_response(t, out, type + strlen("response."));
    write_check(t, out, from);
    if (scenario_has(t->scenario, "pretty")) bytes_text(out, "\n");
}
