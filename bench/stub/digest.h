/* SHA-256 (FIPS 180-4) for the log, and a cheap checksum for the load generator. */
#ifndef STUB_DIGEST_H
#define STUB_DIGEST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sha256 {
    uint32_t state[8];
    uint64_t total;
    uint8_t block[64];
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t length);
/* Leaves `s` as it was, so that a digest can be taken in passing. */
void sha256_hex(const struct sha256 *s, char hex[65]);

/* FNV-1a over words of eight bytes in memory's order: in pieces of any size, at memory speed. */
struct check {
    uint64_t hash, word;
    unsigned have; /* bytes in `word` */
};

#define CHECK_BEGIN ((struct check){.hash = 0xcbf29ce484222325ull})

static inline void check_word(struct check *c, uint64_t word) {
    c->hash = (c->hash ^ word) * 0x100000001b3ull;
    c->hash ^= c->hash >> 32;
}

static inline void check_byte(struct check *c, uint8_t byte) {
    c->word |= (uint64_t)byte << (8 * c->have++);
    if (c->have < 8) return;
    check_word(c, c->word);
    c->word = c->have = 0;
}

static inline void check_add(struct check *c, const void *data, size_t length) {
    const uint8_t *p = data, *end = p + length;
    while (c->have && p < end) check_byte(c, *p++);
    for (uint64_t word; end - p >= 8; p += 8) {
        memcpy(&word, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        check_word(c, word);
    }
    while (p < end) check_byte(c, *p++);
}

/* Leaves `c` as it was. */
static inline uint64_t check_value(const struct check *c) {
    struct check last = *c;
    check_word(&last, last.word);
    check_word(&last, last.have);
    return last.hash;
}

#endif
