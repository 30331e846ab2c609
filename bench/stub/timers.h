/* Timers in millisecond slots: arming, disarming and firing cost the same however many there are. */
#ifndef STUB_TIMERS_H
#define STUB_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

struct timer {
    struct timer *next, **back; /* `back` is NULL while it is not armed */
    int64_t due_ms;
};

int64_t now_ms(void); /* monotonic */
void timer_arm(struct timer *t, int64_t due_ms);
void timer_disarm(struct timer *t);
/* Takes a timer that is due, or NULL. */
struct timer *timer_take_due(int64_t now);
/* Milliseconds to sleep for the next timer, at most 1000; exact only to the slot. */
int timer_wait_ms(int64_t now);

#endif
