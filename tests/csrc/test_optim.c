/* Optimizer steps of many parameters at once, on several threads: the sums that they should be. */
#include <stdlib.h>

#include "check.h"
#include "optim/optim.h"
#include "runtime/arena.h"
#include "runtime/threads.h"

enum { N = 9 };
static const ptrdiff_t SIZES[N] = {1, 70000, 3, 0, 16384, 16385, 17, 40000, 2};

static void add(tgc_call *call, tgc_block *block, ptrdiff_t n, int access)
{
    call->operands[call->n_operands++] = (tgc_operand){.data = block->data,
                                                       .block = block,
                                                       .shape = {n},
                                                       .strides = {1},
                                                       .ndim = 1,
                                                       .dtype = TGC_F32,
                                                       .access = (int8_t)access};
}

static void allocate(tgc_block *block, ptrdiff_t n, float value)
{
    CHECK(tgc_arena_alloc(block, (size_t)n * sizeof(float)) == 0);
    for (ptrdiff_t i = 0; i < n; i++) {
        ((float *)block->data)[i] = value;
    }
}

/* p = p - 2 grad */
static void plan_sgd(tgc_call *call, tgc_block *param, tgc_block *grad, ptrdiff_t n)
{
    *call = (tgc_call){.kernel = tgc_find_kernel(TGC_sgd, TGC_F32), .status = -1};
    add(call, grad, n, TGC_READ);
    add(call, param, n, TGC_UPDATE);
    call->n_scalars = 4;
    call->scalars[0].value = 2;
    call->kernel->plan(call);
}

static int all_are(const tgc_block *block, ptrdiff_t n, float value)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        if (((const float *)block->data)[i] != value) {
            return 0;
        }
    }
    return 1;
}

static void check_independent(void)
{
    tgc_call *calls = malloc(N * sizeof *calls);
    tgc_block params[N] = {0}, grads[N] = {0};
    for (int i = 0; i < N; i++) {
        allocate(&params[i], SIZES[i], (float)i);
        allocate(&grads[i], SIZES[i], 1);
        plan_sgd(&calls[i], &params[i], &grads[i], SIZES[i]);
    }
    for (int round = 1; round <= 20; round++) {
        CHECK(tgc_run_together(calls, N) == 0);
        for (int i = 0; i < N; i++) {
            CHECK(all_are(&params[i], SIZES[i], (float)(i - 2 * round)));
            CHECK(params[i].version == (uint64_t)round && grads[i].version == 0);
        }
    }
    CHECK(tgc_run_together(calls, 0) == 0);
    for (int i = 0; i < N; i++) {
        tgc_arena_free(&params[i]);
        tgc_arena_free(&grads[i]);
    }
    free(calls);
}

/* Each parameter is the gradient of the next one: they must be stepped in order. */
static void check_chain(void)
{
    enum { LENGTH = 5, SIZE = 50000 };
    tgc_call *calls = malloc(LENGTH * sizeof *calls);
    tgc_block blocks[LENGTH + 1] = {0};
    float expected[LENGTH + 1];
    for (int i = 0; i <= LENGTH; i++) {
        expected[i] = 1;
        allocate(&blocks[i], SIZE, 1);
    }
    for (int i = 0; i < LENGTH; i++) {
        plan_sgd(&calls[i], &blocks[i + 1], &blocks[i], SIZE);
        expected[i + 1] -= 2 * expected[i];
    }
    CHECK(tgc_run_together(calls, LENGTH) == 0);
    for (int i = 0; i <= LENGTH; i++) {
        CHECK(all_are(&blocks[i], SIZE, expected[i]));
        tgc_arena_free(&blocks[i]);
    }
    free(calls);
}

int main(void)
{
    tgc_set_num_threads(3);
    for (tgc_isa isa = TGC_GENERIC; isa < TGC_N_ISAS; isa++) {
        if (tgc_cpu_supports(isa)) {
            tgc_use_isa(isa);
            check_independent();
            check_chain();
        }
    }
    return check_result();
}
