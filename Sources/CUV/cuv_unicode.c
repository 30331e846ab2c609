// What the Embedded library's archive of Unicode tables would bring along: 60 KiB to compare text as it looks rather
// than as it is written. Defined here, the archive is not linked: strings are equal if their scalars are, and each
// scalar but CR LF, joiners, Hangul and flags is a Character of its own. Case, categories and names of scalars
// are not defined: who asks for them, does not link.
#ifdef TINYGATEWAY_EMBEDDED
#include <stdint.h>

// Every scalar is as normal as can be, and nothing combines with anything: these say so in the library's terms.
uint16_t _swift_stdlib_getNormData(uint32_t scalar) { return (void)scalar, 0; }
uint32_t _swift_stdlib_getComposition(uint32_t first, uint32_t second) { return (void)first, (void)second, UINT32_MAX; }
uint8_t _swift_stdlib_getGraphemeBreakProperty(uint32_t scalar) { return (void)scalar, UINT8_MAX; }
_Bool _swift_stdlib_isInCB_Consonant(uint32_t scalar) { return (void)scalar, 0; }
_Bool _swift_stdlib_isExtendedPictographic(uint32_t scalar) { return (void)scalar, 0; }

// Never asked, because no scalar is said to be decomposable.
uint32_t _swift_stdlib_getDecompositionEntry(uint32_t scalar) { return (void)scalar, 0; }
const uint8_t *const _swift_stdlib_nfd_decompositions = (const uint8_t[8]){0};
#endif
