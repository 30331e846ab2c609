/* A growing byte buffer, and the little of string handling that the stub needs. */
#ifndef STUB_BYTES_H
#define STUB_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    char *data;
    size_t length;
    size_t capacity;
};

/* Each of these aborts when memory runs out: the stub has nothing better to do. */
void bytes_add(struct bytes *b, const void *data, size_t length);
void bytes_text(struct bytes *b, const char *text);
void bytes_fill(struct bytes *b, char c, size_t count);
void bytes_format(struct bytes *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string with its quotes; bytes above 0x7e are written as \u00XX, so any bytes are valid. */
void bytes_json_string(struct bytes *b, const char *data, size_t length);
void bytes_drop_front(struct bytes *b, size_t count);
void bytes_free(struct bytes *b);

/* The first or last place of `needle`, or NULL. */
const char *find_first(const char *data, size_t length, const char *needle);
const char *find_last(const char *data, size_t length, const char *needle);

#endif
