// Searches over bytes: memchr and SSE2 behind plain types. Each returns the index of the first hit
// in [from, to), or `to`. No logic.
//
// Less than a block at the end is searched in the last whole block before `to`, whose first lanes
// are then ignored: reading backwards stays inside the bytes, reading on would not.
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

#if defined(__SSE2__)
static inline __m128i cuv_load(const uint8_t *p) { return _mm_loadu_si128((const __m128i *)p); }

// Lanes that can end or break a JSON string. x ^ 2 <= 0x20 holds exactly for control characters and
// for '"' (0x22).
static inline __m128i cuv_string_ends(__m128i x) {
    const __m128i flipped = _mm_xor_si128(x, _mm_set1_epi8(2));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(flipped, _mm_set1_epi8(0x20)), flipped);
    return _mm_or_si128(low, _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));
}

static inline __m128i cuv_controls(__m128i x) {
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
    return _mm_or_si128(low, _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7f)));
}

static inline __m128i cuv_line_ends(__m128i x) {
    return _mm_or_si128(
        _mm_cmpeq_epi8(x, _mm_set1_epi8('\r')), _mm_cmpeq_epi8(x, _mm_set1_epi8('\n')));
}

// Lanes with '"' whose next byte is 't' or '\\' (or 'T' or '|').
static inline __m128i cuv_t_keys(const uint8_t *p) {
    const __m128i next = _mm_and_si128(cuv_load(p + 1), _mm_set1_epi8((char)~0x28));
    return _mm_and_si128(_mm_cmpeq_epi8(next, _mm_set1_epi8(0x54)),
                         _mm_cmpeq_epi8(cuv_load(p), _mm_set1_epi8('"')));
}

// The smallest bytes of four blocks, lane by lane.
static inline __m128i cuv_least(const uint8_t *p) {
    return _mm_min_epu8(_mm_min_epu8(cuv_load(p), cuv_load(p + 16)),
                        _mm_min_epu8(cuv_load(p + 32), cuv_load(p + 48)));
}

static inline __m128i cuv_at_most_cr(__m128i x) {
    return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8('\r')), x);
}
#endif

// A quotation mark, a backslash or a control character: what can end or break a JSON string.
static inline ptrdiff_t cuv_find_string_end(const uint8_t *p, ptrdiff_t from, ptrdiff_t to) {
    ptrdiff_t i = from;
#if defined(__SSE2__)
    for (; i + 16 <= to; i += 16) {
        const int hits = _mm_movemask_epi8(cuv_string_ends(cuv_load(p + i)));
        if (hits) return i + __builtin_ctz((unsigned)hits);
    }
    if (i < to && to >= 16) {
        const int hits = _mm_movemask_epi8(cuv_string_ends(cuv_load(p + to - 16)));
        const unsigned rest = (unsigned)hits >> (i - (to - 16));
        return rest ? i + __builtin_ctz(rest) : to;
    }
#endif
    for (; i < to; i++)
        if (p[i] == '"' || p[i] == '\\' || p[i] < 0x20) return i;
    return to;
}

// A control character: what a line of an HTTP head does not have, but for the tab.
static inline ptrdiff_t cuv_find_control(const uint8_t *p, ptrdiff_t from, ptrdiff_t to) {
    ptrdiff_t i = from;
#if defined(__SSE2__)
    for (; i + 16 <= to; i += 16) {
        const int hits = _mm_movemask_epi8(cuv_controls(cuv_load(p + i)));
        if (hits) return i + __builtin_ctz((unsigned)hits);
    }
#endif
    for (; i < to; i++)
        if (p[i] < 0x20 || p[i] == 0x7f) return i;
    return to;
}

// LF or CR. Most lines are short: only behind the first four blocks are four searched at once.
static inline ptrdiff_t cuv_find_line_end(const uint8_t *p, ptrdiff_t from, ptrdiff_t to) {
    ptrdiff_t i = from;
#if defined(__SSE2__)
    for (; i + 16 <= to; i += 16) {
        if (i >= from + 64)
            while (i + 64 <= to && !_mm_movemask_epi8(cuv_at_most_cr(cuv_least(p + i)))) i += 64;
        if (i + 16 > to) break;
        const int hits = _mm_movemask_epi8(cuv_line_ends(cuv_load(p + i)));
        if (hits) return i + __builtin_ctz((unsigned)hits);
    }
    if (i < to && to >= 16) {
        const int hits = _mm_movemask_epi8(cuv_line_ends(cuv_load(p + to - 16)));
        const unsigned rest = (unsigned)hits >> (i - (to - 16));
        return rest ? i + __builtin_ctz(rest) : to;
    }
#endif
    for (; i < to; i++)
        if (p[i] == '\r' || p[i] == '\n') return i;
    return to;
}

// LF, CR, or a quotation mark before 't' or a backslash: where a line ends, or where a JSON key may
// begin that reads `type`. May also hit a quotation mark before 'T' or '|'.
static inline ptrdiff_t cuv_find_line_end_or_t_key(
    const uint8_t *p, ptrdiff_t from, ptrdiff_t to
) {
    ptrdiff_t i = from;
#if defined(__SSE2__)
    for (; i + 65 <= to; i += 64) {
        const __m128i keys = _mm_or_si128(
            _mm_or_si128(cuv_t_keys(p + i), cuv_t_keys(p + i + 16)),
            _mm_or_si128(cuv_t_keys(p + i + 32), cuv_t_keys(p + i + 48)));
        if (_mm_movemask_epi8(_mm_or_si128(keys, cuv_at_most_cr(cuv_least(p + i))))) break;
    }
    for (; i + 17 <= to; i += 16) {
        const int hits =
            _mm_movemask_epi8(_mm_or_si128(cuv_t_keys(p + i), cuv_line_ends(cuv_load(p + i))));
        if (hits) return i + __builtin_ctz((unsigned)hits);
    }
    if (i + 1 < to && to >= 17) {
        const uint8_t *last = p + to - 17;
        const int hits =
            _mm_movemask_epi8(_mm_or_si128(cuv_t_keys(last), cuv_line_ends(cuv_load(last))));
        const unsigned rest = (unsigned)hits >> (i - (to - 17));
        if (rest) return i + __builtin_ctz(rest);
        i = to - 1;
    }
#endif
    for (; i < to; i++) {
        if (p[i] == '\r' || p[i] == '\n') return i;
        if (p[i] == '"' && i + 1 < to && (p[i + 1] & ~0x28) == 0x54) return i;
    }
    return to;
}

// Whether any of the bytes is at most CR, or a quotation mark before 't' or a backslash: the
// question above without the place, for which all blocks can be looked at together. May also hit a
// quotation mark before 'T' or '|'.
int cuv_holds_line_end_or_t_key(const uint8_t *p, ptrdiff_t from, ptrdiff_t to);

#endif
