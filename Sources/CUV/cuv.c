#include "cuv.h"

#include <stddef.h>

// Embedded Swift has no CommandLine, and SwiftPM's test runner must be free to define main: glibc hands
// every constructor the arguments, so they are kept here.
static int argument_count;
static char **argument_values;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    argument_values = values;
}

int cuv_argument_count(void) { return argument_count; }
const char *cuv_argument(int index) { return argument_values[index]; }

#ifdef TINYGATEWAY_EMBEDDED
// The only function of libm that Embedded Swift's dictionaries ask for; with it here libm is not mapped at all.
double ceil(double value) {
    if (!(value > -4503599627370496.0 && value < 4503599627370496.0)) return value;
    double whole = (double)(int64_t)value;
    return whole < value ? whole + 1 : whole;
}

// Embedded Swift asks for every object and array by this name, mostly at the alignment that malloc gives anyway: thirty
// times a short request, each twice as dear as malloc.
int posix_memalign(void **memory, size_t alignment, size_t size) {
    void *block = alignment <= _Alignof(max_align_t) ? malloc(size) : aligned_alloc(alignment, size);
    if (!block) return ENOMEM;
    *memory = block;
    return 0;
}
#endif
