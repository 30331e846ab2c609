#define _GNU_SOURCE
#include "timers.h"

#include <time.h>

enum { SLOTS = 4096 };
static struct timer *slots[SLOTS];
static int64_t passed = -1; /* every slot up to this millisecond was emptied of what was due */
static long armed;

int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void timer_arm(struct timer *t, int64_t due_ms) {
    timer_disarm(t);
    if (passed < 0) passed = now_ms();
    if (due_ms <= passed) due_ms = passed + 1;
    t->due_ms = due_ms;
    struct timer **slot = &slots[due_ms % SLOTS];
    t->next = *slot;
    t->back = slot;
    if (*slot) (*slot)->back = &t->next;
    *slot = t;
    armed++;
}

void timer_disarm(struct timer *t) {
    if (!t->back) return;
    *t->back = t->next;
    if (t->next) t->next->back = t->back;
    t->back = 0;
    armed--;
}

struct timer *timer_take_due(int64_t now) {
    for (; armed && passed < now; passed++) {
        for (struct timer *t = slots[(passed + 1) % SLOTS]; t; t = t->next) {
            if (t->due_ms > now) continue; /* a later round of the wheel */
            timer_disarm(t);
            return t;
        }
    }
    if (!armed) passed = now;
    return 0;
}

int timer_wait_ms(int64_t now) {
    if (!armed) return 1000;
    for (int ms = 0; ms < 1000; ms++)
        for (struct timer *t = slots[(now + ms) % SLOTS]; t; t = t->next)
            if (t->due_ms <= now + ms) return ms;
    return 1000;
}
