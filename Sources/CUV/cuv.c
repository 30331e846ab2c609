#include "cuv.h"

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
