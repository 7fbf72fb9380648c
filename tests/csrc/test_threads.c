/* The thread pool: every chunk once, whoever calls, however many threads, also after a fork.
 * Sources: runtime/threads.c runtime/workspace.c runtime/limits.c runtime/pages.c */
#include "runtime/threads.h"
#include "runtime/workspace.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { MAX_CHUNKS = 1000 };

/* One region as its chunks see it. */
typedef struct {
    atomic_int visits[MAX_CHUNKS];
    atomic_int n_wrong_scratch;
    size_t scratch;
} record;

static void visit(const void *context, ptrdiff_t index)
{
    record *r = (record *)context;
    atomic_fetch_add_explicit(&r->visits[index], 1, memory_order_relaxed);
    if (r->scratch > 0) {
        unsigned char *scratch = tgc_workspace();
        memset(scratch, (int)(index % 251), r->scratch);
        for (size_t i = 0; i < r->scratch; i += 64) {
            if (scratch[i] != index % 251 || (size_t)scratch % 64 != 0) {
                atomic_fetch_add(&r->n_wrong_scratch, 1);
            }
        }
    }
}

static int visited_once(const record *r, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < MAX_CHUNKS; i++) {
        if (atomic_load(&r->visits[i]) != (i < n)) {
            return 0;
        }
    }
    return atomic_load(&r->n_wrong_scratch) == 0;
}

static int run(ptrdiff_t n, size_t scratch)
{
    record r = {.scratch = scratch};
    if (scratch > 0 && tgc_workspace_reserve(scratch) != 0) {
        return 0;
    }
    tgc_parallel(visit, &r, n);
    return visited_once(&r, n);
}

static void test_every_chunk_runs_once(void)
{
    static const int threads[] = {1, 2, 3, 4, 8, 5, 2, 1};
    for (int t = 0; t < 8; t++) {
        tgc_set_num_threads(threads[t]);
        CHECK(tgc_get_num_threads() == threads[t]);
        for (int repeat = 0; repeat < 80; repeat++) {
            CHECK(run(repeat % 40, 0));
        }
        CHECK(run(MAX_CHUNKS, 0));
    }
}

/* Threads own their scratch memory, also when it grows and when threads are added after. */
static void test_workspace(void)
{
    tgc_set_num_threads(2);
    CHECK(run(100, 100));
    CHECK(run(100, 100000));
    tgc_set_num_threads(4);
    record r = {.scratch = 100000};
    tgc_parallel(visit, &r, 100);
    CHECK(visited_once(&r, 100));
    CHECK(tgc_workspace_reserve((size_t)-1) == -1);
    CHECK(tgc_workspace_reserve((size_t)1 << 60) == -1);
    CHECK(tgc_workspace_reserve((size_t)1 << 45) == -1);
    /* What was there before a reservation that failed still is. */
    CHECK(run(100, 10));
    tgc_parallel(visit, &(record){.scratch = 100000}, 100);
    tgc_workspace_release();
    CHECK(run(100, 10));
}

/* Chunks as short as possible, so that threads wake between regions and in the wrong one. */
static void test_short_regions(void)
{
    tgc_set_num_threads(4);
    for (int repeat = 0; repeat < 1000; repeat++) {
        CHECK(run(2 + repeat % 3, 0));
        if (repeat % 100 == 0) {
            usleep(300);
        }
    }
}

static void call_inside(const void *context, ptrdiff_t index)
{
    (void)index;
    atomic_int *count = (atomic_int *)context;
    record r = {.scratch = 0};
    tgc_parallel(visit, &r, 10);
    atomic_fetch_add(count, visited_once(&r, 10));
}

static void test_nested(void)
{
    atomic_int count = 0;
    tgc_set_num_threads(3);
    tgc_parallel(call_inside, &count, 30);
    CHECK(atomic_load(&count) == 30);
}

static void *call_often(void *argument)
{
    (void)argument;
    for (int i = 0; i < 90; i++) {
        CHECK(run(50, 1000));
        if (i % 30 == 0) {
            tgc_set_num_threads(2 + i / 30);
        }
    }
    return NULL;
}

static void test_many_callers(void)
{
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) {
        CHECK(pthread_create(&threads[i], NULL, call_often, NULL) == 0);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
    }
}

static int child_works(void)
{
    const pid_t pid = fork();
    if (pid == 0) {
        _exit(run(100, 1000) ? 0 : 1);
    }
    int status = -1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static atomic_int stop;

static void *call_until_stopped(void *argument)
{
    (void)argument;
    while (!atomic_load(&stop)) {
        CHECK(run(20, 100));
    }
    return NULL;
}

static void test_fork(void)
{
    pthread_t other;
    tgc_set_num_threads(3);
    CHECK(run(100, 0));
    for (int i = 0; i < 20; i++) {
        CHECK(child_works());
        CHECK(run(100, 0));
    }
    CHECK(pthread_create(&other, NULL, call_until_stopped, NULL) == 0);
    for (int i = 0; i < 50; i++) {
        CHECK(child_works());
    }
    atomic_store(&stop, 1);
    pthread_join(other, NULL);
}

int main(void)
{
    test_every_chunk_runs_once();
    test_workspace();
    test_short_regions();
    test_nested();
    test_many_callers();
    test_fork();
    return check_result();
}
