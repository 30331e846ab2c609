#include "cuv.h"

#ifdef TINYGATEWAY_EMBEDDED
// Names in packaging/link-order.txt, which has the program's code in three parts: what runs while a gateway waits, what
// runs while it serves, the rest. A part begins behind its name here. Each does something of its own, as the linker
// folds functions that are alike.
__attribute__((noinline)) int cuv_serving_code(int value) { return value ^ 0x7374; }
__attribute__((noinline)) int cuv_rarely_used_code(int value) { return value ^ 0x7275; }

static uintptr_t page_after(int (*begin)(int), uintptr_t page) { return ((uintptr_t)begin + page - 1) & ~(page - 1); }

// A mapping of its own for each part, which is all that the advice is for: today's kernels map a file in pieces as
// large as its page cache happens to be in, but no piece reaches into another mapping.
static void set_parts_apart(uintptr_t page, uintptr_t end) {
    uintptr_t serving = page_after(cuv_serving_code, page), rarely = page_after(cuv_rarely_used_code, page);
    if (serving >= rarely || rarely >= end) return;
    madvise((void *)serving, rarely - serving, MADV_SEQUENTIAL);
    madvise((void *)rarely, end - rarely, MADV_RANDOM);
}
#else
static void set_parts_apart(uintptr_t page, uintptr_t end) {}
#endif

void cuv_forget_code_pages(void) {
    extern char __executable_start[], etext[];
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)__executable_start & ~(page - 1), end = (uintptr_t)etext & ~(page - 1);
    set_parts_apart(page, end);
    madvise((void *)start, end - start, MADV_DONTNEED);
}
