/* Losses of every ISA on several threads, against the definition; memory of exactly its size. */
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "loss/nll.h"
#include "runtime/dispatch.h"
#include "runtime/threads.h"

enum { ROWS = 7, MAX_COLUMNS = 6000 };

static float *numbers(ptrdiff_t n)
{
    float *p = malloc((size_t)n * sizeof *p);
    for (ptrdiff_t i = 0; i < n; i++) {
        p[i] = (float)((i * 7 + i / 11) % 13 - 6);
    }
    return p;
}

static void add(tgc_call *call, void *data, int dtype, int access, int ndim, ptrdiff_t columns,
                ptrdiff_t row, ptrdiff_t column)
{
    tgc_operand *o = &call->operands[call->n_operands++];
    *o = (tgc_operand){.data = data, .ndim = (int8_t)ndim, .dtype = (int8_t)dtype,
                       .access = (int8_t)access};
    if (ndim == 2) {
        o->shape[0] = ROWS;
        o->shape[1] = columns;
        o->strides[0] = row;
        o->strides[1] = column;
    } else if (ndim == 1) {
        o->shape[0] = columns;
        o->strides[0] = column;
    }
}

/* x is ROWS x columns, by rows or by columns; t is one row of it, repeated. */
static void check_mse(ptrdiff_t columns, int by_columns)
{
    const ptrdiff_t n = ROWS * columns, n_partial = tgc_loss_chunks(n);
    const ptrdiff_t row = by_columns ? 1 : columns, column = by_columns ? ROWS : 1;
    float *x = numbers(n), *t = numbers(columns), y, one = 1, *grad = numbers(n);
    double *partial = malloc((size_t)n_partial * sizeof *partial), expected = 0;
    tgc_call call = {.kernel = tgc_find_kernel(TGC_mse_loss, TGC_F32), .status = -1};
    call.sizes[TGC_LOSS_REDUCTION] = TGC_LOSS_SUM;
    add(&call, x, TGC_F32, TGC_READ, 2, columns, row, column);
    add(&call, t, TGC_F32, TGC_READ, 2, columns, 0, 1);
    add(&call, &y, TGC_F32, TGC_WRITE, 0, 0, 0, 0);
    add(&call, partial, TGC_F64, TGC_WRITE, 1, n_partial, 0, 1);
    call.kernel->plan(&call);
    CHECK(tgc_run(&call) == 0);

    tgc_call back = {.kernel = tgc_find_kernel(TGC_mse_loss_backward, TGC_F32), .status = -1};
    add(&back, &one, TGC_F32, TGC_READ, 2, columns, 0, 0);
    add(&back, x, TGC_F32, TGC_READ, 2, columns, row, column);
    add(&back, t, TGC_F32, TGC_READ, 2, columns, 0, 1);
    add(&back, grad, TGC_F32, TGC_WRITE, 2, columns, columns, 1);
    back.scalars[back.n_scalars++].value = 0.5;
    back.kernel->plan(&back);
    CHECK(tgc_run(&back) == 0);

    int same = 1;
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        for (ptrdiff_t j = 0; j < columns; j++) {
            const float d = x[i * row + j * column] - t[j];
            expected += (double)(d * d);
            same &= grad[i * columns + j] == d;
        }
    }
    CHECK(same);
    CHECK((double)y == expected || fabs((double)y - expected) < 1e-7 * expected);
    free(x);
    free(t);
    free(grad);
    free(partial);
}

/* Log-probabilities (ROWS, classes, columns), a class for each of ROWS x columns. */
static void check_nll(ptrdiff_t classes, ptrdiff_t columns)
{
    const ptrdiff_t n = ROWS * columns, n_partial = 2 * tgc_loss_chunks(n);
    float *x = numbers(n * classes), *grad = numbers(n * classes), y, one = 1;
    int64_t *target = malloc((size_t)n * sizeof *target);
    double *partial = malloc((size_t)n_partial * sizeof *partial), total, expected = 0;
    for (ptrdiff_t p = 0; p < n; p++) {
        target[p] = p % (classes + 1) - 1;
    }
    tgc_call call = {.kernel = tgc_find_kernel(TGC_nll_loss, TGC_F32), .status = -1};
    call.sizes[TGC_LOSS_REDUCTION] = TGC_LOSS_SUM;
    call.sizes[TGC_NLL_CLASSES] = classes;
    call.sizes[TGC_NLL_STRIDE] = columns;
    call.sizes[TGC_NLL_IGNORE_INDEX] = -1;
    tgc_call back = call;
    add(&call, target, TGC_I64, TGC_READ, 2, columns, columns, 1);
    add(&call, x, TGC_F32, TGC_READ, 2, columns, classes * columns, 1);
    add(&call, &y, TGC_F32, TGC_WRITE, 0, 0, 0, 0);
    add(&call, &total, TGC_F64, TGC_WRITE, 0, 0, 0, 0);
    add(&call, partial, TGC_F64, TGC_WRITE, 1, n_partial, 0, 1);
    call.kernel->plan(&call);
    CHECK(tgc_run(&call) == 0 && call.status == -1);

    back.kernel = tgc_find_kernel(TGC_nll_loss_backward, TGC_F32);
    add(&back, target, TGC_I64, TGC_READ, 2, columns, columns, 1);
    add(&back, &one, TGC_F32, TGC_READ, 2, columns, 0, 0);
    add(&back, grad, TGC_F32, TGC_WRITE, 2, columns, classes * columns, 1);
    back.kernel->plan(&back);
    CHECK(tgc_run(&back) == 0);

    int same = 1, n_counted = 0;
    for (ptrdiff_t p = 0; p < n; p++) {
        for (ptrdiff_t c = 0; c < classes; c++) {
            const ptrdiff_t at = (p / columns * classes + c) * columns + p % columns;
            same &= grad[at] == (target[p] == c ? -1 : 0);
            expected -= target[p] == c ? (double)x[at] : 0;
            n_counted += target[p] == c;
        }
    }
    CHECK(same);
    CHECK((double)y == expected);
    CHECK(total == n_counted);

    target[n - 1] = classes;
    CHECK(tgc_run(&call) == 0 && call.status == n - 1);
    char text[512];
    call.kernel->explain(&call, text, sizeof text);
    free(x);
    free(grad);
    free(target);
    free(partial);
}

int main(void)
{
    static const ptrdiff_t columns[] = {1, 2, 3, 17, 64, 700, MAX_COLUMNS};
    tgc_set_num_threads(3);
    for (tgc_isa isa = TGC_GENERIC; isa < TGC_N_ISAS; isa++) {
        if (tgc_cpu_supports(isa)) {
            tgc_use_isa(isa);
            for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
                check_mse(columns[i], 0);
                check_mse(columns[i], 1);
            }
        }
    }
    for (ptrdiff_t classes = 1; classes < 5; classes++) {
        check_nll(classes, 1);
        check_nll(classes, 3);
        check_nll(classes, 3000);
    }
    return check_result();
}
