#define _GNU_SOURCE
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

void scenario_parse(struct scenario *s, const char *spec, size_t length) {
    if (length >= SCENARIO_TEXT) length = SCENARIO_TEXT - 1;
    memset(s, 0, sizeof *s);
    memcpy(s->spec, spec, length);
    memcpy(s->text, s->spec, sizeof s->text);
    char *rest = NULL;
    s->name = strtok_r(s->text, ";", &rest);
    if (!s->name) s->name = "plain";
    for (char *part; s->count < SCENARIO_PAIRS && (part = strtok_r(NULL, ";", &rest));) {
        char *equal = strchr(part, '=');
        if (equal) *equal = 0;
        s->keys[s->count] = part;
        s->values[s->count++] = equal ? equal + 1 : "1";
    }
}

static void play_next(struct scenario *s) {
    char spec[SCENARIO_TEXT];
    size_t length = 0;
    for (const char *p = scenario_text(s, "then", "plain"); *p; p++)
        spec[length++] = *p == ',' ? ';' : *p == ':' ? '=' : *p;
    scenario_parse(s, spec, length);
}

void scenario_count_use(struct scenario *s) {
    static struct {
        char *spec;
        long used;
    } seen[64];
    long times = scenario_number(s, "times", 0);
    if (times <= 0) return;
    for (int i = 0; i < 64; i++) {
        if (!seen[i].spec) seen[i].spec = strdup(s->spec);
        if (strcmp(seen[i].spec, s->spec)) continue;
        if (seen[i].used++ >= times) play_next(s);
        return;
    }
}

bool scenario_is(const struct scenario *s, const char *name) { return !strcmp(s->name, name); }

const char *scenario_text(const struct scenario *s, const char *key, const char *otherwise) {
    for (int i = 0; i < s->count; i++)
        if (!strcmp(s->keys[i], key)) return s->values[i];
    return otherwise;
}

long scenario_number(const struct scenario *s, const char *key, long otherwise) {
    const char *text = scenario_text(s, key, NULL);
    return text ? strtol(text, NULL, 10) : otherwise;
}

bool scenario_has(const struct scenario *s, const char *key) { return scenario_text(s, key, NULL) != NULL; }
