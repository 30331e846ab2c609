#define _GNU_SOURCE
#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct bytes *b, size_t more) {
    if (b->length + more <= b->capacity) return;
    size_t capacity = b->capacity ? b->capacity : 256;
    while (capacity < b->length + more) capacity *= 2;
    b->data = realloc(b->data, capacity);
    if (!b->data) abort();
    b->capacity = capacity;
}

void bytes_add(struct bytes *b, const void *data, size_t length) {
    if (!length) return;
    reserve(b, length);
    memcpy(b->data + b->length, data, length);
    b->length += length;
}

void bytes_text(struct bytes *b, const char *text) { bytes_add(b, text, strlen(text)); }

void bytes_fill(struct bytes *b, char c, size_t count) {
    reserve(b, count + 1);
    memset(b->data + b->length, c, count);
    b->length += count;
}

void bytes_format(struct bytes *b, const char *format, ...) {
    va_list arguments;
    reserve(b, 512);
    va_start(arguments, format);
    int need = vsnprintf(b->data + b->length, b->capacity - b->length, format, arguments);
    va_end(arguments);
    if (need < 0) abort();
    if ((size_t)need >= b->capacity - b->length) {
        reserve(b, (size_t)need + 1);
        va_start(arguments, format);
        vsnprintf(b->data + b->length, b->capacity - b->length, format, arguments);
        va_end(arguments);
    }
    b->length += (size_t)need;
}

void bytes_json_string(struct bytes *b, const char *data, size_t length) {
    bytes_text(b, "\"");
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c == '"' || c == '\\') {
            char pair[2] = {'\\', (char)c};
            bytes_add(b, pair, 2);
        } else if (c < 0x20 || c > 0x7e) {
            bytes_format(b, "\\u%04x", c);
        } else {
            bytes_add(b, &data[i], 1);
        }
    }
    bytes_text(b, "\"");
}

void bytes_drop_front(struct bytes *b, size_t count) {
    if (count >= b->length) {
        b->length = 0;
        return;
    }
    memmove(b->data, b->data + count, b->length - count);
    b->length -= count;
}

void bytes_free(struct bytes *b) {
    free(b->data);
    *b = (struct bytes){0};
}

const char *find_first(const char *data, size_t length, const char *needle) {
    return length ? memmem(data, length, needle, strlen(needle)) : NULL;
}

const char *find_last(const char *data, size_t length, const char *needle) {
    const char *last = NULL;
    const char *end = data + length;
    for (const char *p = data; p && (p = find_first(p, (size_t)(end - p), needle)); p++) last = p;
    return last;
}
