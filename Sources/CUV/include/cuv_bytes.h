// Searches over bytes: memchr and SSE2 behind plain types. Each returns the index of the first hit
// in [from, to), or `to`. No logic.
#ifndef CUV_BYTES_H
#define CUV_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline ptrdiff_t cuv_find_byte(const uint8_t *p, ptrdiff_t from, ptrdiff_t to, uint8_t byte) {
    const uint8_t *hit = memchr(p + from, byte, (size_t)(to - from));
    return hit ? hit - p : to;
}

// A quotation mark, a backslash or a control character: what can end or break a JSON string.
static inline ptrdiff_t cuv_find_string_end(const uint8_t *p, ptrdiff_t from, ptrdiff_t to) {
    ptrdiff_t i = from;
#if defined(__SSE2__)
    // x ^ 2 <= 0x20 holds exactly for control characters and for '"' (0x22).
    const __m128i two = _mm_set1_epi8(2), space = _mm_set1_epi8(0x20);
    const __m128i backslash = _mm_set1_epi8('\\');
    for (; i + 16 <= to; i += 16) {
        const __m128i x = _mm_loadu_si128((const __m128i *)(p + i));
        const __m128i flipped = _mm_xor_si128(x, two);
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(flipped, space), flipped);
        const int hits = _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(x, backslash)));
        if (hits) return i + __builtin_ctz((unsigned)hits);
    }
#endif
    for (; i < to; i++)
        if (p[i] == '"' || p[i] == '\\' || p[i] < 0x20) return i;
    return to;
}

// LF or CR.
static inline ptrdiff_t cuv_find_line_end(const uint8_t *p, ptrdiff_t from, ptrdiff_t to) {
    ptrdiff_t i = from;
#if defined(__SSE2__)
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n');
    // Four at a time, by one test: is any byte at most CR?
    for (; i + 64 <= to; i += 64) {
        const __m128i a = _mm_loadu_si128((const __m128i *)(p + i));
        const __m128i b = _mm_loadu_si128((const __m128i *)(p + i + 16));
        const __m128i c = _mm_loadu_si128((const __m128i *)(p + i + 32));
        const __m128i d = _mm_loadu_si128((const __m128i *)(p + i + 48));
        const __m128i least = _mm_min_epu8(_mm_min_epu8(a, b), _mm_min_epu8(c, d));
        if (!_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(least, cr), least))) continue;
        for (ptrdiff_t k = 0; k < 64; k += 16) {
            const __m128i x = _mm_loadu_si128((const __m128i *)(p + i + k));
            const int hits =
                _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(x, cr), _mm_cmpeq_epi8(x, lf)));
            if (hits) return i + k + __builtin_ctz((unsigned)hits);
        }
    }
    for (; i + 16 <= to; i += 16) {
        const __m128i x = _mm_loadu_si128((const __m128i *)(p + i));
        const int hits =
            _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(x, cr), _mm_cmpeq_epi8(x, lf)));
        if (hits) return i + __builtin_ctz((unsigned)hits);
    }
#endif
    for (; i < to; i++)
        if (p[i] == '\r' || p[i] == '\n') return i;
    return to;
}

#endif
