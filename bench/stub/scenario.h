/*
 * What a request asks the stub to do: `name;key=value;key=value`, from the field `x-stub`, else from
 * `[stub:...]` in the request's text (the last one counts), else from `--default`. A stub with a `--side`
 * heeds `x-stub-SIDE` and `[stub-SIDE:...]` before them. README.md lists them.
 */
#ifndef STUB_SCENARIO_H
#define STUB_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

enum { SCENARIO_PAIRS = 40, SCENARIO_TEXT = 1024 };

struct scenario {
    char spec[SCENARIO_TEXT]; /* as given, for the log */
    char text[SCENARIO_TEXT]; /* the same, cut into strings that the pairs point at */
    const char *name;
    const char *keys[SCENARIO_PAIRS];
    const char *values[SCENARIO_PAIRS];
    int count;
};

void scenario_parse(struct scenario *s, const char *spec, size_t length);
/* `times=N`: the first N requests with this very text get the scenario, later ones what `then=` says in
 * its own signs (`status,status:429`), or a plain turn. */
void scenario_count_use(struct scenario *s);
bool scenario_is(const struct scenario *s, const char *name);
const char *scenario_text(const struct scenario *s, const char *key, const char *otherwise);
long scenario_number(const struct scenario *s, const char *key, long otherwise);
bool scenario_has(const struct scenario *s, const char *key);

#endif
