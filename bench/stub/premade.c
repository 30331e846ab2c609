/* Answers that are made once and sent many times: then the stub costs no more than the kernel's copy. */
#define _GNU_SOURCE
#include "connection.h"

#include <stdlib.h>
#include <string.h>

enum { PREMADE_MOST = 64 };

static struct {
    char *key;
    struct bytes bytes;
} made[PREMADE_MOST];

/* With the model and the serial of the first request; pauses count as nothing. */
static void make(const struct scenario *s, struct request *r, struct bytes *whole) {
    struct answer answer = {0};
    struct bytes part = {0};
    enum produced last = PRODUCED_MORE;
    answer_begin(&answer, s, r, 1);
    while (last == PRODUCED_MORE || last == PRODUCED_PAUSE) {
        last = answer_produce(&answer, &part);
        bytes_add(whole, part.data, part.length);
        part.length = 0;
    }
    bytes_free(&part);
    answer_free(&answer);
}

const struct bytes *premade_answer(const struct scenario *s, struct request *r) {
    char key[SCENARIO_TEXT + 256];
    snprintf(key, sizeof key, "%s %.200s %s", r->method, r->target, s->spec);
    for (int i = 0; i < PREMADE_MOST; i++) {
        if (!made[i].key) {
            made[i].key = strdup(key);
            make(s, r, &made[i].bytes);
        }
        if (!strcmp(made[i].key, key)) return &made[i].bytes;
    }
    abort();
}
