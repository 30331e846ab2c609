/* JSON documents: the response object, errors, and the answers of the routes that do not stream. */
#include "content.h"

#include <stdlib.h>
#include <string.h>

/* Numbers are written as the scenario gives them, so that a test can say -5, 1.5 or 1e400. */
static void write_usage(const struct scenario *s, struct bytes *out) {
    const char *input = scenario_text(s, "input", "1234"), *cached = scenario_text(s, "cached", "1000");
    const char *output = scenario_text(s, "output", "56"), *reasoning = scenario_text(s, "reasoning", "7");
    bytes_format(out, "{\"input_tokens\":%s", input);
    if (strcmp(cached, "absent")) {
        bytes_format(out, ",\"input_tokens_details\":{\"cached_tokens\":%s", cached);
        if (scenario_has(s, "cache_write"))
            bytes_format(out, ",\"cache_write_tokens\":%s", scenario_text(s, "cache_write", "0"));
        bytes_text(out, "}");
    }
    bytes_format(out, ",\"output_tokens\":%s", output);
    if (strcmp(reasoning, "absent"))
        bytes_format(out, ",\"output_tokens_details\":{\"reasoning_tokens\":%s}", reasoning);
    bytes_format(out, ",\"total_tokens\":%lld}", (long long)(strtoull(input, NULL, 10) + strtoull(output, NULL, 10)));
}

static void write_output(struct turn *t, struct bytes *out) {
    const struct scenario *s = t->scenario;
    if (scenario_has(s, "output_empty")) {
        bytes_text(out, "[]");
        return;
    }
    const char *text = scenario_text(s, "text", "The stub has answered.");
    bytes_format(out,
                 "[{\"type\":\"message\",\"id\":\"msg_%ld\",\"role\":\"assistant\",\"status\":\"completed\","
                 "\"content\":[{\"type\":\"output_text\",\"annotations\":[],\"text\":",
                 t->serial);
    bytes_json_string(out, text, strlen(text));
    bytes_text(out, "}]}]");
}

static void write_resets(const struct scenario *s, struct bytes *out) {
    if (scenario_has(s, "resets_at")) bytes_format(out, ",\"resets_at\":%s", scenario_text(s, "resets_at", "0"));
    if (scenario_has(s, "resets_in"))
        bytes_format(out, ",\"resets_in_seconds\":%s", scenario_text(s, "resets_in", "0"));
}

void document_error_object(const struct scenario *s, struct bytes *out) {
    const char *message = scenario_text(s, "message", "The stub was told to fail.");
    bytes_format(out, "{\"code\":\"%s\",\"message\":", scenario_text(s, "code", "server_error"));
    bytes_json_string(out, message, strlen(message));
    if (scenario_has(s, "type")) bytes_format(out, ",\"type\":\"%s\"", scenario_text(s, "type", ""));
    write_resets(s, out);
    bytes_text(out, "}");
}

/* `final_bytes=N` of filler, with braces and usage inside a string, which a scanner must not believe. */
static void write_filler(const struct scenario *s, struct bytes *out) {
    long size = scenario_number(s, "final_bytes", 0);
    if (!size) return;
    static const char bait[] =
        "}}\\n\\ndata: "
        "{\\\"type\\\":\\\"response.completed\\\",\\\"response\\\":{\\\"usage\\\":{\\\"input_tokens\\\":1}}} ";
    bytes_text(out, "\"instructions\":\"");
    for (; size > (long)sizeof bait; size -= (long)sizeof bait - 1) bytes_add(out, bait, sizeof bait - 1);
    bytes_fill(out, 'x', (size_t)size);
    bytes_text(out, "\",");
}

static bool has_usage(const struct scenario *s) {
    if (scenario_is(s, "nousage")) return false;
    if (scenario_is(s, "failed")) return scenario_number(s, "usage", 0) != 0;
    return scenario_number(s, "usage", 1) != 0;
}

void turn_response(struct turn *t, struct bytes *out, const char *status) {
    const struct scenario *s = t->scenario;
    const char *model = scenario_text(s, "model", t->facts.model);
    const char *tier = scenario_text(s, "tier", t->facts.tier[0] ? t->facts.tier : "default");
    bytes_text(out, "{");
    if (!scenario_has(s, "noid")) bytes_format(out, "\"id\":\"%s\",", t->id);
    bytes_format(out, "\"object\":\"response\",\"created_at\":1795300000,\"status\":\"%s\",\"error\":", status);
    if (scenario_is(s, "failed")) document_error_object(s, out);
    else bytes_text(out, "null");
    if (scenario_is(s, "incomplete"))
        bytes_format(out, ",\"incomplete_details\":{\"reason\":\"%s\"}",
                     scenario_text(s, "reason", "max_output_tokens"));
    bytes_text(out, ",");
    write_filler(s, out);
    if (strcmp(model, "absent")) bytes_format(out, "\"model\":\"%s\",", model);
    bytes_text(out, "\"output\":");
    write_output(t, out);
    bytes_text(out, ",\"parallel_tool_calls\":true,\"tool_choice\":\"auto\",\"tools\":[]");
    if (strcmp(tier, "absent")) bytes_format(out, ",\"service_tier\":\"%s\"", tier);
    if (scenario_has(s, "search_total"))
        bytes_format(out, ",\"tool_usage\":{\"web_search\":{\"num_requests\":%s}}",
                     scenario_text(s, "search_total", "0"));
    bytes_text(out, ",\"usage\":");
    if (has_usage(s)) write_usage(s, out);
    else bytes_text(out, "null");
    bytes_format(out, ",\"metadata\":{\"check\":\"%s\"}}", TURN_CHECK_PLACE);
}

void document_models(struct bytes *out) {
    bytes_text(
        out,
        "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-5.5\",\"object\":\"model\",\"created\":1,\"owned_by\":\"stub\"},"
        "{\"id\":\"gpt-5.4-mini\",\"object\":\"model\",\"created\":1,\"owned_by\":\"stub\"}]}");
}

void document_images(const struct scenario *s, const struct facts *f, struct bytes *out) {
    long count = scenario_number(s, "returned", f->image_count);
    bytes_text(out, "{\"created\":1795300000,\"data\":[");
    for (long i = 0; i < count; i++) bytes_format(out, "%s{\"b64_json\":\"aW1hZ2U=\"}", i ? "," : "");
    bytes_text(out, "]");
    static const char *keys[][2] = {{"image_model", "model"}, {"image_quality", "quality"}, {"image_size", "size"}};
    for (int i = 0; i < 3; i++)
        if (scenario_has(s, keys[i][0]))
            bytes_format(out, ",\"%s\":\"%s\"", keys[i][1], scenario_text(s, keys[i][0], ""));
    bytes_text(out, ",\"usage\":{\"input_tokens\":5,\"output_tokens\":10,\"total_tokens\":15}}");
}

void document_search(struct bytes *out) {
    bytes_text(out, "{\"results\":[{\"title\":\"stub\",\"url\":\"https://example.test/\"}]}");
}

/* A string, or `null` for that word. */
static void write_name(struct bytes *out, const char *key, const char *value) {
    bool is_null = !strcmp(value, "null");
    bytes_format(out, is_null ? ",\"%s\":%s" : ",\"%s\":\"%s\"", key, value);
}

/* `padding=N` bytes before the error, so that it comes late. */
static void write_padding(const struct scenario *s, struct bytes *out) {
    long size = scenario_number(s, "padding", 0);
    if (!size) return;
    bytes_text(out, "\"padding\":\"");
    bytes_fill(out, 'p', (size_t)size);
    bytes_text(out, "\",");
}

void document_error(const struct scenario *s, int status, struct bytes *out) {
    const char *kind = scenario_text(s, "body", "json");
    const char *message = scenario_text(s, "message", "The stub was told to fail.");
    if (!strcmp(kind, "empty")) return;
    if (!strcmp(kind, "text")) {
        bytes_text(out, message);
    } else if (!strcmp(kind, "html")) {
        bytes_format(out, "<html><body>%d %s</body></html>", status, message);
    } else if (!strcmp(kind, "detail")) {
        bytes_text(out, "{\"detail\":");
        bytes_json_string(out, message, strlen(message));
        bytes_text(out, "}");
    } else {
        bytes_text(out, "{");
        write_padding(s, out);
        bytes_text(out, "\"error\":{\"message\":");
        bytes_json_string(out, message, strlen(message));
        write_name(out, "type", scenario_text(s, "type", "invalid_request_error"));
        write_name(out, "code", scenario_text(s, "ecode", "stub_error"));
        bytes_text(out, ",\"param\":null");
        write_resets(s, out);
        bytes_text(out, "}}");
    }
}
