/*
 * The thread pool. Workers take chunks from an atomic counter, the caller works too, and a region
 * ends when all *chunks* are done, not when all threads have arrived: a thread that the system
 * has put aside never holds the others up.
 */
#ifndef TGC_THREADS_H
#define TGC_THREADS_H

#include <stddef.h>

enum { TGC_MAX_THREADS = 512 };

/* Runs work(context, i) for 0 <= i < n, on the pool. Serial when the pool is busy with another
 * caller, when called from inside a region, or with one thread. */
void tgc_parallel(void (*work)(const void *context, ptrdiff_t index), const void *context,
                  ptrdiff_t n);

/* How many threads take part in a region, the caller included: what was set, else
 * TINYGRAD_C_NUM_THREADS, else the CPUs that affinity and cgroup quota leave to the process. They
 * start with the first region, and new ones start after a fork. */
int tgc_get_num_threads(void);
void tgc_set_num_threads(int n);

#endif
