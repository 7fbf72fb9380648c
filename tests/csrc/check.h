/* Checks for the C drivers: each prints what failed, and main returns check_result(). */
#ifndef CHECK_H
#define CHECK_H

#include <stdatomic.h>
#include <stdio.h>

static atomic_int n_failed_checks;

#define CHECK(condition)                                                         \
    do {                                                                         \
        if (!(condition)) {                                                      \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);      \
            atomic_fetch_add(&n_failed_checks, 1);                               \
        }                                                                        \
    } while (0)

static inline int check_result(void)
{
    return atomic_load(&n_failed_checks) == 0 ? 0 : 1;
}

#endif
