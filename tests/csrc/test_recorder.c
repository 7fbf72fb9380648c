/* Record and replay: the same calls in the same order, stops, reports, versions, workspace.
 * Sources: runtime/arena.c runtime/call.c runtime/recorder.c runtime/threads.c
 * runtime/workspace.c runtime/limits.c runtime/pages.c */
#include "runtime/recorder.h"

#include <string.h>

#include "check.h"
#include "runtime/arena.h"
#include "runtime/threads.h"
#include "runtime/workspace.h"

enum { N = 1000, CHUNK = 100 };

/* y += a * scalar, element by element, through scratch memory; reports elements of a below 0. */
static void plan(tgc_call *call)
{
    call->n_chunks = N / CHUNK;
    call->work = 1e9;
    call->workspace = CHUNK * sizeof(double);
}

static void chunk(const tgc_call *call, ptrdiff_t index)
{
    const double *a = (const double *)call->operands[0].data + index * CHUNK;
    double *y = (double *)call->operands[1].data + index * CHUNK;
    double *scratch = tgc_workspace();
    memcpy(scratch, a, CHUNK * sizeof(double));
    for (ptrdiff_t i = 0; i < CHUNK; i++) {
        if (scratch[i] < 0) {
            tgc_report(call, index * CHUNK + i);
        }
        y[i] += scratch[i] * tgc_scalar_value(&call->scalars[0]);
    }
}

static void finish(const tgc_call *call)
{
    ((double *)call->operands[1].data)[0] += 1;
}

static const tgc_kernel KERNEL = {
    .name = "axpy", .plan = plan, .chunk = chunk, .finish = finish};

static tgc_operand operand(tgc_block *block, tgc_access access)
{
    return (tgc_operand){.data = block->data,
                         .block = block,
                         .shape = {N},
                         .strides = {1},
                         .ndim = 1,
                         .dtype = TGC_F64,
                         .access = (int8_t)access};
}

static int run(tgc_block *a, tgc_block *y, const double *cell)
{
    tgc_call call = {.kernel = &KERNEL, .n_operands = 2, .n_scalars = 1};
    call.operands[0] = operand(a, TGC_READ);
    call.operands[1] = operand(y, TGC_UPDATE);
    call.scalars[0] = (tgc_scalar){.value = 2, .cell = cell};
    plan(&call);
    return tgc_run(&call) == 0 ? (int)call.status : -2;
}

/* y, and the blocks' versions, after two calls with a stop between, run or replayed. */
static void check_result_of_step(const tgc_block *y, uint64_t version, double times)
{
    const double *v = y->data;
    CHECK(v[0] == 2 * times);
    for (int i = 1; i < N; i++) {
        CHECK(v[i] == i * times * 7);
    }
    CHECK(y->version == version);
}

static void test_replay(void)
{
    tgc_block a, y;
    double cell = 5;
    CHECK(tgc_arena_alloc(&a, N * sizeof(double)) == 0);
    CHECK(tgc_arena_alloc(&y, N * sizeof(double)) == 0);
    memset(y.data, 0, y.nbytes);
    for (int i = 0; i < N; i++) {
        ((double *)a.data)[i] = i;
    }
    tgc_recorder *recorder = tgc_recorder_new(&a);
    CHECK(tgc_recorder_handle(recorder) == &a);
    CHECK(tgc_recorder_active() == NULL);
    tgc_recorder_activate(recorder);
    CHECK(tgc_recorder_active() == recorder);
    CHECK(run(&a, &y, NULL) == -1);
    CHECK(tgc_recorder_append(recorder, NULL) == 0);
    CHECK(run(&a, &y, &cell) == -1);
    tgc_recorder_activate(NULL);
    CHECK(run(&a, &y, NULL) == -1); /* not recorded */
    memset(y.data, 0, y.nbytes);
    CHECK(y.version == 3 && a.version == 0);
    CHECK(tgc_recorder_length(recorder) == 3);
    CHECK(tgc_recorder_call(recorder, 1) == NULL);
    CHECK(strcmp(tgc_recorder_call(recorder, 2)->kernel->name, "axpy") == 0);

    static const int threads[] = {1, 2, 3, 8};
    for (int t = 0; t < 4; t++) {
        memset(y.data, 0, y.nbytes);
        tgc_set_num_threads(threads[t]);
        CHECK(tgc_recorder_reserve(recorder) == 0);
        CHECK(tgc_recorder_replay(recorder, 0) == 1);
        CHECK(tgc_recorder_replay(recorder, 2) == 3);
        check_result_of_step(&y, 5 + 2 * (uint64_t)t, 1);
    }
    ((double *)a.data)[700] = ((double *)a.data)[300] = -1;
    CHECK(tgc_recorder_replay(recorder, 0) == 0);
    CHECK(tgc_recorder_call(recorder, 0)->status == 300);
    CHECK(run(&a, &y, NULL) == 300);
    tgc_recorder_delete(recorder);
    tgc_arena_free(&a);
    tgc_arena_free(&y);
}

/* A call that cannot have its workspace changes nothing and is not recorded. */
static void test_no_memory(void)
{
    tgc_block y;
    CHECK(tgc_arena_alloc(&y, N * sizeof(double)) == 0);
    tgc_call call = {.kernel = &KERNEL, .n_operands = 0, .n_chunks = 1, .workspace = (size_t)-1};
    tgc_recorder *recorder = tgc_recorder_new(NULL);
    tgc_recorder_activate(recorder);
    CHECK(tgc_run(&call) == -1);
    tgc_recorder_activate(NULL);
    CHECK(tgc_recorder_length(recorder) == 0);
    tgc_recorder_delete(recorder);
    tgc_arena_free(&y);
}

static void test_many_calls(void)
{
    tgc_block a, y;
    CHECK(tgc_arena_alloc(&a, N * sizeof(double)) == 0);
    CHECK(tgc_arena_alloc(&y, N * sizeof(double)) == 0);
    memset(a.data, 0, a.nbytes);
    memset(y.data, 0, y.nbytes);
    tgc_recorder *recorder = tgc_recorder_new(NULL);
    tgc_recorder_activate(recorder);
    for (int i = 0; i < 200; i++) {
        CHECK(run(&a, &y, NULL) == -1);
    }
    tgc_recorder_activate(NULL);
    CHECK(tgc_recorder_length(recorder) == 200);
    CHECK(tgc_recorder_replay(recorder, 0) == 200);
    CHECK(((double *)y.data)[0] == 400 && y.version == 400);
    tgc_recorder_delete(recorder);
    tgc_arena_free(&a);
    tgc_arena_free(&y);
}

int main(void)
{
    test_replay();
    test_no_memory();
    test_many_calls();
    return check_result();
}
