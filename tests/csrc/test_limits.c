/* CPUs and memory that are left to a process, read from trees of files like those of cgroups.
 * Sources: runtime/limits.c */
#define _GNU_SOURCE
#include "runtime/limits.h"

#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char root[] = "/tmp/tgc_limits_XXXXXX";

/* Writes root/name with the folders above it. */
static void put(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void use_cpus(int n)
{
    cpu_set_t set, all;
    CPU_ZERO(&set);
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    for (int cpu = 0; cpu < CPU_SETSIZE && n > 0; cpu++) {
        if (CPU_ISSET(cpu, &all)) {
            CPU_SET(cpu, &set);
            n--;
        }
    }
    CHECK(sched_setaffinity(0, sizeof set, &set) == 0);
}

static void test_no_cgroup(int cpus)
{
    CHECK(tgc_cpu_limit("/nowhere") == cpus);
    CHECK(tgc_memory_limit("/nowhere") > (size_t)1 << 20);
}

static void test_version_2(int cpus)
{
    put("proc/self/cgroup", "0::/a/b\n");
    put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/a/b/memory.max", "max\n");
    CHECK(tgc_cpu_limit(root) == cpus);
    CHECK(tgc_memory_limit(root) == tgc_memory_limit("/nowhere"));
    put("sys/fs/cgroup/a/cpu.max", "50000 100000\n");
    put("sys/fs/cgroup/a/memory.max", "1000000\n");
    CHECK(tgc_cpu_limit(root) == 1);
    CHECK(tgc_memory_limit(root) == 1000000);
    put("sys/fs/cgroup/a/b/memory.max", "500000\n");
    CHECK(tgc_memory_limit(root) == 500000);
    put("sys/fs/cgroup/a/cpu.max", "120000 100000\n");
    CHECK(tgc_cpu_limit(root) == (cpus < 2 ? cpus : 2));
    put("sys/fs/cgroup/a/cpu.max", "100000000 100000\n");
    CHECK(tgc_cpu_limit(root) == cpus);
}

static void test_version_1(int cpus)
{
    put("proc/self/cgroup", "3:cpuset:/x\n2:memory:/x\n1:cpuacct,cpu:/x/y\n0::/\n");
    put("sys/fs/cgroup/cpuset/x/cpu.cfs_quota_us", "1\n");
    put("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n");
    put("sys/fs/cgroup/cpu/x/y/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu/x/y/cpu.cfs_period_us", "100000\n");
    CHECK(tgc_cpu_limit(root) == cpus);
    CHECK(tgc_memory_limit(root) == tgc_memory_limit("/nowhere"));
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "700000\n");
    put("sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "50000\n");
    put("sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000\n");
    CHECK(tgc_cpu_limit(root) == 1);
    CHECK(tgc_memory_limit(root) == 700000);
}

static void test_odd_files(int cpus)
{
    put("proc/self/cgroup", "no colons\n\n7:\n0::/a/../../b\n");
    put("sys/fs/cgroup/a/cpu.max", "garbage");
    put("sys/fs/cgroup/cpu.max", "");
    CHECK(tgc_cpu_limit(root) == cpus);
}

int main(void)
{
    CHECK(mkdtemp(root) != NULL);
    cpu_set_t all;
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    const int cpus = CPU_COUNT(&all);
    test_no_cgroup(cpus);
    test_version_2(cpus);
    test_version_1(cpus);
    test_odd_files(cpus);
    use_cpus(1);
    test_no_cgroup(1);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", root);
    CHECK(system(command) == 0);
    return check_result();
}
