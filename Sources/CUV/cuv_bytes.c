#include "cuv_bytes.h"

#if defined(__SSE2__)
#include <immintrin.h>

// The last block is looked at first, so that the others need not end where the bytes end. A pair
// needs one byte more than a block.

static int holds_sse2(const uint8_t *p, const uint8_t *end) {
    const uint8_t *const last = end - 17;
    __m128i keys = cuv_t_keys(last), least = cuv_load(last + 1);
    for (; p <= last; p += 16) {
        keys = _mm_or_si128(keys, cuv_t_keys(p));
        least = _mm_min_epu8(least, cuv_load(p));
    }
    return _mm_movemask_epi8(_mm_or_si128(keys, cuv_at_most_cr(least)));
}

__attribute__((target("avx2"))) static inline __m256i t_keys_avx2(const uint8_t *p, __m256i x) {
    const __m256i next = _mm256_loadu_si256((const __m256i *)(p + 1));
    return _mm256_and_si256(
        _mm256_cmpeq_epi8(
            _mm256_and_si256(next, _mm256_set1_epi8((char)~0x28)), _mm256_set1_epi8(0x54)),
        _mm256_cmpeq_epi8(x, _mm256_set1_epi8('"')));
}

__attribute__((target("avx2"))) static int holds_avx2(const uint8_t *p, const uint8_t *end) {
    const uint8_t *const last = end - 33;
    __m256i x = _mm256_loadu_si256((const __m256i *)last);
    __m256i keys = t_keys_avx2(last, x), least = _mm256_loadu_si256((const __m256i *)(last + 1));
#pragma clang loop unroll_count(4)
    for (; p <= last; p += 32) {
        x = _mm256_loadu_si256((const __m256i *)p);
        keys = _mm256_or_si256(keys, t_keys_avx2(p, x));
        least = _mm256_min_epu8(least, x);
    }
    const __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(least, _mm256_set1_epi8('\r')), least);
    const __m256i hits = _mm256_or_si256(keys, low);
    return !_mm256_testz_si256(hits, hits);
}
#endif

int cuv_holds_line_end_or_t_key(const uint8_t *p, ptrdiff_t from, ptrdiff_t to) {
    ptrdiff_t i = from;
#if defined(__SSE2__)
    if (to - from >= 33 && __builtin_cpu_supports("avx2")) return holds_avx2(p + from, p + to);
    if (to - from >= 17) return holds_sse2(p + from, p + to);
#endif
    for (; i < to; i++)
        if (p[i] <= '\r' || (p[i] == '"' && i + 1 < to && (p[i + 1] & ~0x28) == 0x54)) return 1;
    return 0;
}
