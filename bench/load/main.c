/* N streams at once through a base URL, each answer checked to the last byte. Prints one JSON object. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static struct options options = {
    .scenario = "plain", .model = "gpt-5.4-mini", .streams = 1, .seconds = 60, .input_tokens = -1, .output_tokens = -1};

static void print_totals(const struct totals *t, double seconds) {
    double each = t->ok ? 1.0 / (double)t->ok : 0;
    printf("{\"requests\":%ld,\"ok\":%ld,\"refused\":%ld,\"incomplete\":%ld,\"mismatched\":%ld,\"broken\":%ld,\"wrong_"
           "usage\":%ld,\"statuses\":{",
           t->started, t->ok, t->refused, t->incomplete, t->mismatched, t->broken, t->wrong_usage);
    const char *comma = "";
    for (int i = 0; i < 600; i++) {
        if (!t->statuses[i]) continue;
        printf("%s\"%d\":%ld", comma, i, t->statuses[i]);
        comma = ",";
    }
    printf("},\"events\":%lld,\"content_bytes\":%lld,\"seconds\":%.3f,\"first_byte_ms_mean\":%.3f,\"complete_ms_mean\":"
           "%.3f",
           t->events, t->content_bytes, seconds, t->first_byte_ms * each, t->complete_ms * each);
    window_print();
    puts("}");
}

static const char usage[] =
    "usage: load --url http://127.0.0.1:PORT/PATH [--token T] [--streams N] [--requests N] [--scenario SPEC]\n"
    "            [--model M] [--seconds N] [--body-bytes N] [--read-rate BYTES] [--usage INPUT/OUTPUT]\n"
    "            [--keep-alive yes] [--document yes] [--rewritten yes] [--field 'NAME: VALUE']... [--ramp N]\n"
    "            [--window-ms N [--warmup-ms N] [--watch PID]... [--requests any]]\n"
    "  N streams at once against a loopback address, each answer checked byte for byte. Exit 1 unless all are ok.\n"
    "  --ramp      begins that many streams a second\n"
    "  --window-ms measures that long, once every stream runs: CPU of the watched processes, events, delays;\n"
    "              `--requests any` asks until it is over\n"
    "  --rewritten the gateway writes events anew: answers are only checked for their end\n"
    "  --authority FILE (only `load-tls`) speaks TLS and trusts that certificate; --resume yes takes sessions up "
    "again\n";

static void refuse(const char *why) {
    fprintf(stderr, "load: %s\n%s", why, usage);
    exit(2);
}

static void take_url(const char *url) {
    char place[64];
    if (strncmp(url, "http://", 7)) refuse("--url wants http://");
    const char *host = url + 7;
    size_t length = strcspn(host, "/");
    if (length >= sizeof options.host) refuse("--url: host too long");
    memcpy(options.host, host, length);
    snprintf(options.path, sizeof options.path, "%s", host + length);
    const char *colon = strchr(options.host, ':');
    if (!colon || (size_t)(colon - options.host) >= sizeof place) refuse("--url wants HOST:PORT");
    memcpy(place, options.host, (size_t)(colon - options.host));
    place[colon - options.host] = 0;
    options.address.sin_family = AF_INET;
    options.address.sin_port = htons((uint16_t)atoi(colon + 1));
    if (inet_pton(AF_INET, place, &options.address.sin_addr) != 1 || place[0] != '1' || strncmp(place, "127.", 4))
        refuse("--url: loopback only");
}

static bool take_number(const char *name, const char *value) {
    static const struct {
        const char *name;
        long *place;
    } numbers[] = {
        {"--streams", &options.streams},       {"--requests", &options.requests},   {"--seconds", &options.seconds},
        {"--body-bytes", &options.body_bytes}, {"--read-rate", &options.read_rate}, {"--ramp", &options.ramp},
        {"--warmup-ms", &options.warmup_ms},   {"--window-ms", &options.window_ms},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strcmp(name, numbers[i].name)) continue;
        *numbers[i].place = strcmp(value, "any") ? atol(value) : 0;
        return true;
    }
    return false;
}

static bool take_switch(const char *name, const char *value) {
    bool is_on = !strcmp(value, "yes");
    if (!strcmp(name, "--keep-alive")) options.keep_alive = is_on;
    else if (!strcmp(name, "--document")) options.is_document = is_on;
    else if (!strcmp(name, "--rewritten")) options.is_rewritten = is_on;
    else if (!strcmp(name, "--resume")) options.resume = is_on;
    else return false;
    return true;
}

static void take_option(const char *name, const char *value) {
    if (take_number(name, value) || take_switch(name, value)) return;
    if (!strcmp(name, "--url")) take_url(value);
    else if (!strcmp(name, "--token")) options.token = value;
    else if (!strcmp(name, "--scenario")) options.scenario = value;
    else if (!strcmp(name, "--model")) options.model = value;
    else if (!strcmp(name, "--authority")) options.authority = value;
    else if (!strcmp(name, "--field")) bytes_text(&options.fields, value), bytes_text(&options.fields, "\r\n");
    else if (!strcmp(name, "--watch") && options.watched_count < WATCHED_MOST)
        options.watched[options.watched_count++] = atoi(value);
    else if (strcmp(name, "--usage") || sscanf(value, "%lld/%lld", &options.input_tokens, &options.output_tokens) != 2)
        refuse("unknown option");
}

static void settle_options(bool asks_until_closed) {
    if (!options.host[0]) refuse("--url is missing");
    if (options.streams < 1 || options.streams > 60000) refuse("--streams: 1 to 60000");
    if (asks_until_closed && !options.window_ms) refuse("--requests any wants --window-ms");
    if (!asks_until_closed && options.requests < options.streams) options.requests = options.streams;
    if ((options.authority || options.resume) && !wire_call_tls(options.authority, options.resume))
        refuse("--authority: cannot use it");
}

int main(int count, char **words) {
    bool asks_until_closed = false;
    for (int i = 1; i < count; i += 2) {
        if (!strcmp(words[i], "--help")) return fputs(usage, stdout), 0;
        if (i + 1 == count) refuse("an option wants a value");
        take_option(words[i], words[i + 1]);
        if (!strcmp(words[i], "--requests")) asks_until_closed = !strcmp(words[i + 1], "any");
    }
    settle_options(asks_until_closed);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    window_begin(&options);
    streams_begin(&options);
    double begun = clock_ms();
    streams_run();
    const struct totals *totals = streams_totals();
    print_totals(totals, (clock_ms() - begun) / 1e3);
    return totals->ok == totals->started && totals->ok >= options.requests ? 0 : 1;
}
