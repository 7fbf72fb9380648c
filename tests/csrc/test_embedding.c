/* Rows of a table and the gradient, by every ISA, in memory of exactly the arrays' sizes. */
#include <stdlib.h>

#include "check.h"
#include "embedding/embedding.h"
#include "runtime/threads.h"

static void add_operand(tgc_call *call, void *data, int dtype, ptrdiff_t rows, ptrdiff_t columns)
{
    call->operands[call->n_operands++] = (tgc_operand){.data = data,
                                                       .shape = {rows, columns},
                                                       .strides = {columns, 1},
                                                       .ndim = 2,
                                                       .dtype = (int8_t)dtype,
                                                       .access = TGC_UPDATE};
}

static void run(tgc_call *call)
{
    call->kernel->plan(call);
    call->work = 1e6; /* on the pool, however small */
    CHECK(tgc_run(call) == 0);
}

static void test_case(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t n, ptrdiff_t skip)
{
    double *weight = malloc((size_t)(rows * columns) * sizeof *weight);
    double *y = malloc((size_t)(n * columns) * sizeof *y);
    int64_t *index = malloc((size_t)n * sizeof *index);
    for (ptrdiff_t i = 0; i < rows * columns; i++) {
        weight[i] = (double)i + 1;
    }
    for (ptrdiff_t p = 0; p < n; p++) {
        index[p] = p * 7 % rows;
    }
    tgc_call call = {.kernel = tgc_find_kernel(TGC_embedding, TGC_F64), .status = -1};
    call.sizes[TGC_EMBEDDING_SKIP] = skip;
    add_operand(&call, weight, TGC_F64, rows, columns);
    add_operand(&call, index, TGC_I64, n, 1);
    add_operand(&call, y, TGC_F64, n, columns);
    run(&call);
    CHECK(call.status == -1);
    for (ptrdiff_t i = 0; i < n * columns; i++) {
        const ptrdiff_t row = (ptrdiff_t)index[i / columns];
        CHECK(y[i] == (row == skip ? 0 : weight[row * columns + i % columns]));
    }

    call = (tgc_call){.kernel = tgc_find_kernel(TGC_embedding_backward, TGC_F64), .status = -1};
    call.sizes[TGC_EMBEDDING_SKIP] = skip;
    add_operand(&call, y, TGC_F64, n, columns);
    add_operand(&call, index, TGC_I64, n, 1);
    add_operand(&call, weight, TGC_F64, rows, columns);
    run(&call);
    for (ptrdiff_t i = 0; i < rows * columns; i++) {
        double sum = 0;
        for (ptrdiff_t p = 0; p < n; p++) {
            sum += index[p] == i / columns ? y[p * columns + i % columns] : 0;
        }
        CHECK(weight[i] == sum);
    }

    index[n - 1] = rows;
    call.status = -1;
    run(&call);
    CHECK(call.status == n - 1);
    free(weight), free(y), free(index);
}

int main(void)
{
    CHECK(tgc_dispatch_init() == 0);
    tgc_set_num_threads(2);
    const tgc_isa best = tgc_current_isa();
    for (tgc_isa isa = 0; isa <= best; isa++) {
        tgc_use_isa(isa);
        test_case(3, 1, 5, -1);
        test_case(40, 7, 90, 3);
        test_case(40, 33, 90, -1);
        test_case(1, 16, 1, -1);
        test_case(700, 65, 40, 7);
    }
    return check_result();
}
