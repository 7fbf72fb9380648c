/* main of the vec drivers, compiled before vec/<isa>.h switches its instructions on. */
#ifndef VEC_DRIVER_H
#define VEC_DRIVER_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "check.h"
#include "gelu_exact.h"
#include "runtime/cpu.h"

/* A page and a second one that may not be touched: returns where the first one ends. */
static inline char *end_of_memory(void)
{
    enum { PAGE = 65536 };
    char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED || mprotect(p + PAGE, PAGE, PROT_NONE) != 0) {
        abort();
    }
    return p + PAGE;
}

/* Numbers that look drawn at random, the same in each run (xorshift). */
static inline uint64_t draw(void)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

/* Same value, same sign of a zero, or both NaN. */
static inline int same(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b && !signbit(a) == !signbit(b);
}

static void test_f32(void);
static void test_f64(void);

int main(void)
{
    if (!tgc_cpu_supports(VEC_ISA)) {
        printf("skipped: this CPU lacks %s\n", tgc_isa_name(VEC_ISA));
        return 0;
    }
    test_f32();
    test_f64();
    return check_result();
}

#endif
