/* Reads the CPU mask and the files of cgroups (both versions): in a container, sysconf answers for
 * the whole host. */
#define _GNU_SOURCE
#include "limits.h"

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* No limit is set: what every reader returns for a file that is missing or says "max". */
static const double NONE = 1e300;

/* The first numbers of directory/name, at most two. Returns how many there are. */
static int read_numbers(const char *directory, const char *name, double numbers[2])
{
    char path[PATH_BYTES + 32];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    if (!file) {
        return 0;
    }
    const int n = fscanf(file, "%lf %lf", &numbers[0], &numbers[1]);
    fclose(file);
    return n < 0 ? 0 : n;
}

/* cgroup v2 writes "quota period" or "max period"; v1 has a file for each and -1 for no quota. */
static double read_cpu_quota(const char *directory)
{
    double quota[2], period[2];
    if (read_numbers(directory, "cpu.max", quota) == 2 && quota[1] > 0) {
        return quota[0] / quota[1];
    }
    if (read_numbers(directory, "cpu.cfs_quota_us", quota) && quota[0] > 0 &&
        read_numbers(directory, "cpu.cfs_period_us", period) && period[0] > 0) {
        return quota[0] / period[0];
    }
    return NONE;
}

static double read_memory_limit(const char *directory)
{
    double limit[2];
    if (read_numbers(directory, "memory.max", limit) ||
        read_numbers(directory, "memory.limit_in_bytes", limit)) {
        return limit[0];
    }
    return NONE;
}

/* The least limit of the group at mount + path and of the groups above it, which bind as well.
 * Inside a container `path` may be the host's name of a group that is mounted as the root here:
 * then the groups below the root are not there and the root's own limit counts. */
static double least_limit(const char *mount, const char *path,
                          double (*read_limit)(const char *directory))
{
    char directory[PATH_BYTES];
    const int n = snprintf(directory, sizeof directory, "%s%s", mount, path);
    const size_t root = strlen(mount);
    double least = NONE;
    if (n < 0 || (size_t)n >= sizeof directory) {
        return NONE;
    }
    for (;;) {
        const double limit = read_limit(directory);
        least = limit < least ? limit : least;
        char *slash = strrchr(directory + root, '/');
        if (!slash) {
            return least;
        }
        *slash = 0;
    }
}

/* Is `name` one of the comma-separated `names`? */
static int lists(const char *names, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = names; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == 0 || at[length] == ',')) {
            return 1;
        }
    }
    return 0;
}

/* Each line of /proc/self/cgroup is "number:controllers:path"; version 2 has no controllers. */
static double cgroup_limit(const char *root, const char *controller,
                           double (*read_limit)(const char *directory))
{
    char line[PATH_BYTES], mount[PATH_BYTES];
    double least = NONE;
    snprintf(line, sizeof line, "%s/proc/self/cgroup", root);
    FILE *file = fopen(line, "re");
    while (file && fgets(line, sizeof line, file)) {
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path) {
            continue;
        }
        *path++ = 0;
        path[strcspn(path, "\n")] = 0;
        controllers++;
        if (*controllers && !lists(controllers, controller)) {
            continue;
        }
        snprintf(mount, sizeof mount, "%s/sys/fs/cgroup%s%s", root, *controllers ? "/" : "",
                 *controllers ? controller : "");
        const double limit = least_limit(mount, path, read_limit);
        least = limit < least ? limit : least;
    }
    if (file) {
        fclose(file);
    }
    return least;
}

static int affinity_count(void)
{
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        return CPU_COUNT(&set);
    }
#endif
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int tgc_cpu_limit(const char *root)
{
    const double quota = cgroup_limit(root, "cpu", read_cpu_quota);
    int n = affinity_count();
    if (quota < n) {
        n = (int)quota + (quota > (int)quota);
    }
    return n > 1 ? n : 1;
}

size_t tgc_memory_limit(const char *root)
{
    const double ram = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    const double limit = cgroup_limit(root, "memory", read_memory_limit);
    return (size_t)(limit < ram ? limit : ram);
}
