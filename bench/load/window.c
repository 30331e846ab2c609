#define _GNU_SOURCE
#include "load.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Microseconds one by one up to a tenth of a second; all above counts as that. */
enum { MICROSECONDS = 100000, STAMP_DIGITS = 19 };

static const struct options *options;
static enum { NO_WINDOW, RAMPING, WARMING, OPEN, SHUT } state;
static double changed; /* when `state` last did, in milliseconds */
static int64_t arrival;
static uint32_t delays[MICROSECONDS + 1], completions[MICROSECONDS + 1];
static long delay_count, completion_count;
static long long seen_events, seen_bytes;

struct sample {
    long long cpu_ns, wait_ns, events, bytes;
    double at_ms;
};
static struct sample first, last;

double clock_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

void window_begin(const struct options *chosen) {
    options = chosen;
    state = chosen->window_ms ? RAMPING : NO_WINDOW;
}

void window_arrived(void) {
    struct timespec t;
    if (state != OPEN) return;
    clock_gettime(CLOCK_MONOTONIC, &t);
    arrival = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void count_into(uint32_t *table, long *count, int64_t us) {
    table[us < 0 ? 0 : us < MICROSECONDS ? us : MICROSECONDS]++;
    ++*count;
}

/* A stamp that two reads share is left out. */
void window_take(const char *content, size_t length, long long events) {
    static const char mark[] = "\"stamp\":";
    seen_events += events;
    seen_bytes += (long long)length;
    if (state != OPEN) return;
    for (const char *end = content + length, *p = content; (p = find_first(p, (size_t)(end - p), mark));) {
        p += sizeof mark - 1;
        if (end - p < STAMP_DIGITS) return;
        int64_t stamp = 0;
        for (int i = 0; i < STAMP_DIGITS; i++) stamp = stamp * 10 + (p[i] - '0');
        count_into(delays, &delay_count, (arrival - stamp) / 1000);
    }
}

void window_answered(double complete_ms) {
    if (state == OPEN) count_into(completions, &completion_count, (int64_t)(complete_ms * 1e3));
}

/* Nanoseconds on a CPU and waiting for one, of all threads of the watched processes: schedstat's first numbers. */
static struct sample look(void) {
    struct sample sum = {.events = seen_events, .bytes = seen_bytes};
    char path[512];
    for (int i = 0; i < options->watched_count; i++) {
        snprintf(path, sizeof path, "/proc/%d/task", options->watched[i]);
        DIR *tasks = opendir(path);
        if (!tasks) continue;
        for (struct dirent *task; (task = readdir(tasks));) {
            long long cpu, wait;
            if (task->d_name[0] == '.') continue;
            snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", options->watched[i], task->d_name);
            FILE *file = fopen(path, "re");
            if (!file) continue;
            if (fscanf(file, "%lld %lld", &cpu, &wait) == 2) sum.cpu_ns += cpu, sum.wait_ns += wait;
            fclose(file);
        }
        closedir(tasks);
    }
    sum.at_ms = clock_ms();
    return sum;
}

void window_advance(bool is_live) {
    if (state == NO_WINDOW || state == SHUT) return;
    double now = clock_ms();
    if (state == RAMPING && is_live) state = WARMING, changed = now;
    if (state == WARMING && now - changed >= (double)options->warmup_ms) {
        state = OPEN, changed = now;
        first = look();
    } else if (state == OPEN && now - changed >= (double)options->window_ms) {
        state = SHUT;
        last = look();
        puts("{\"window\":\"closed\"}"); /* whoever runs us may now look at the process's memory */
        fflush(stdout);
    }
}

bool window_is_closed(void) { return state == SHUT; }

static long percentile(const uint32_t *table, long count, double share) {
    long left = (long)((double)count * share);
    for (long us = 0; us <= MICROSECONDS; us++)
        if ((left -= table[us]) < 0) return us;
    return MICROSECONDS;
}

static void print_times(const char *name, const uint32_t *table, long count) {
    printf(",\"%s\":{\"count\":%ld", name, count);
    if (count)
        printf(",\"p50\":%ld,\"p90\":%ld,\"p99\":%ld,\"max\":%ld", percentile(table, count, 0.5),
               percentile(table, count, 0.9), percentile(table, count, 0.99), percentile(table, count, 0.999999));
    printf("}");
}

void window_print(void) {
    if (state != SHUT) return;
    printf(",\"window\":{\"ms\":%.3f,\"cpu_ns\":%lld,\"wait_ns\":%lld,\"events\":%lld,\"bytes\":%lld",
           last.at_ms - first.at_ms, last.cpu_ns - first.cpu_ns, last.wait_ns - first.wait_ns,
           last.events - first.events, last.bytes - first.bytes);
    print_times("complete_us", completions, completion_count);
    print_times("delay_us", delays, delay_count);
    printf("}");
}
