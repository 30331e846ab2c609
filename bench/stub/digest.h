/* SHA-256 (FIPS 180-4) for the log, and FNV-1a for the load generator, which must be cheap. */
#ifndef STUB_DIGEST_H
#define STUB_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
    uint32_t state[8];
    uint64_t total;
    uint8_t block[64];
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t length);
/* Leaves `s` as it was, so that a digest can be taken in passing. */
void sha256_hex(const struct sha256 *s, char hex[65]);

#define FNV_BEGIN 0xcbf29ce484222325ull
static inline uint64_t fnv_add(uint64_t hash, const void *data, size_t length) {
    const uint8_t *p = data;
    for (size_t i = 0; i < length; i++) hash = (hash ^ p[i]) * 0x100000001b3ull;
    return hash;
}

#endif
