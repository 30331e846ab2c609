#define _GNU_SOURCE
#include "timers.h"

#include <time.h>

/* 64 us each, so that thousands of paced streams send their events one by one, as they would come from afar. */
enum { SLOTS = 8192, TICK_US = 64, WORDS = SLOTS / 64 };
static struct timer *slots[SLOTS];
static uint64_t used[WORDS]; /* a bit for each slot that may hold something */
static int64_t passed = -1;  /* every slot up to this tick was emptied of what was due */
static long armed;

int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void timer_arm(struct timer *t, int64_t due_us) {
    timer_disarm(t);
    if (passed < 0) passed = now_us() / TICK_US;
    t->due = (due_us + TICK_US - 1) / TICK_US;
    if (t->due <= passed) t->due = passed + 1;
    int64_t slot = t->due % SLOTS;
    t->next = slots[slot];
    t->back = &slots[slot];
    if (t->next) t->next->back = &t->next;
    slots[slot] = t;
    used[slot / 64] |= 1ull << slot % 64;
    armed++;
}

void timer_disarm(struct timer *t) {
    if (!t->back) return;
    *t->back = t->next;
    if (t->next) t->next->back = t->back;
    t->back = 0;
    armed--;
}

/* The first slot at or after `tick` that may hold something, within one round; else the end of the round. */
static int64_t next_used(int64_t tick) {
    int64_t end = tick + SLOTS;
    while (tick < end) {
        int64_t slot = tick % SLOTS;
        uint64_t word = used[slot / 64] >> slot % 64;
        if (word) return tick + __builtin_ctzll(word);
        tick += 64 - slot % 64;
    }
    return end;
}

struct timer *timer_take_due(int64_t now) {
    int64_t tick = now / TICK_US;
    while (armed && passed < tick) {
        int64_t next = next_used(passed + 1), slot = next % SLOTS;
        if (next > tick) break;
        for (struct timer *t = slots[slot]; t; t = t->next) {
            if (t->due > tick) continue; /* a later round of the wheel */
            timer_disarm(t);
            return t;
        }
        if (!slots[slot]) used[slot / 64] &= ~(1ull << slot % 64);
        passed = next;
    }
    if (passed < tick) passed = tick;
    return 0;
}

int64_t timer_wait_us(int64_t now) {
    if (!armed) return 1000000;
    int64_t wait = next_used(passed + 1) * TICK_US - now;
    return wait < 0 ? 0 : wait < 1000000 ? wait : 1000000;
}
