/* Timers in slots of a fraction of a millisecond: arming, disarming and firing cost the same however many there are. */
#ifndef STUB_TIMERS_H
#define STUB_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

struct timer {
    struct timer *next, **back; /* `back` is NULL while it is not armed */
    int64_t due;                /* a tick */
};

int64_t now_ns(void); /* monotonic */
static inline int64_t now_us(void) { return now_ns() / 1000; }
void timer_arm(struct timer *t, int64_t due_us);
void timer_disarm(struct timer *t);
/* Takes a timer that is due, or NULL. */
struct timer *timer_take_due(int64_t now_us);
/* Microseconds to sleep until some timer may be due, at most a second. */
int64_t timer_wait_us(int64_t now_us);

#endif
