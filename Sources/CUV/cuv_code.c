#include "cuv.h"

#include <stdbool.h>

#ifdef TINYGATEWAY_EMBEDDED
// Names in packaging/link-order.txt, which has the program's code in three parts: what runs while a gateway waits, what
// runs while it serves, the rest. A part begins behind its name here. Each does something of its own, as the linker
// folds functions that are alike.
__attribute__((noinline)) int cuv_serving_code(int value) { return value ^ 0x7374; }
__attribute__((noinline)) int cuv_rarely_used_code(int value) { return value ^ 0x7275; }

static uintptr_t page_after(int (*begin)(int), uintptr_t page) { return ((uintptr_t)begin + page - 1) & ~(page - 1); }

// Mappings of their own, which is all that the advice is for: today's kernels map a file in pieces as large as its page
// cache happens to be in, but no piece reaches into another mapping. Neighbours have different advice, else they would
// be one again.
static void set_apart(uintptr_t start, uintptr_t end, uintptr_t size) {
    for (int number = 0; start < end; start += size, number++) {
        uintptr_t length = end - start < size ? end - start : size;
        madvise((void *)start, length, number % 2 ? MADV_SEQUENTIAL : MADV_RANDOM);
    }
}

// What serving needs is one. In front of it are constants, of which each way of the program needs others; behind it a
// function now and then. Once is enough: the mappings stay.
static void set_parts_apart(uintptr_t start, uintptr_t end, uintptr_t page) {
    static bool is_done;
    if (is_done) return;
    is_done = true;
    uintptr_t serving = page_after(cuv_serving_code, page), rarely = page_after(cuv_rarely_used_code, page);
    if (serving >= rarely || rarely >= end) return;
    set_apart(start, serving, 4 * page);
    set_apart(rarely, end, 8 * page);
}
#else
static void set_parts_apart(uintptr_t start, uintptr_t end, uintptr_t page) {}
#endif

void cuv_forget_code_pages(void) {
    extern char __executable_start[], etext[];
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)__executable_start & ~(page - 1), end = (uintptr_t)etext & ~(page - 1);
    set_parts_apart(start, end, page);
    madvise((void *)start, end - start, MADV_DONTNEED);
}
