/*
 * What the system leaves to this process: CPUs by affinity and cgroup quota, memory by RAM and
 * cgroup limit. `root` is put before the paths that are read: "" but in tests.
 */
#ifndef TGC_LIMITS_H
#define TGC_LIMITS_H

#include <stddef.h>

/* CPUs that the process may use, at least 1; a quota of 1.5 CPUs counts as 2. */
int tgc_cpu_limit(const char *root);
/* Bytes that the process may hold. */
size_t tgc_memory_limit(const char *root);

#endif
