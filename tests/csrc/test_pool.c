/* Pooling by every ISA, in memory of exactly the arrays' sizes: values, and who reads beyond. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "pool/pool.h"
#include "runtime/threads.h"

typedef struct {
    ptrdiff_t size, kernel, stride, padding, dilation;
} axis;

enum { PLANES = 3 };

static ptrdiff_t outputs(const axis *a)
{
    return (a->size + 2 * a->padding - (a->kernel - 1) * a->dilation - 1) / a->stride + 1;
}

static void add_operand(tgc_call *call, void *data, int dtype, ptrdiff_t rows, ptrdiff_t columns)
{
    tgc_operand *o = &call->operands[call->n_operands++];
    *o = (tgc_operand){.data = data, .ndim = 4, .dtype = (int8_t)dtype, .access = TGC_UPDATE};
    const ptrdiff_t shape[4] = {1, PLANES, rows, columns};
    const ptrdiff_t strides[4] = {PLANES * rows * columns, rows * columns, columns, 1};
    memcpy(o->shape, shape, sizeof shape);
    memcpy(o->strides, strides, sizeof strides);
}

static tgc_call begin(tgc_kernel_id id, int dtype, const axis *h, const axis *w)
{
    tgc_call call = {.kernel = tgc_find_kernel(id, dtype), .status = -1};
    const axis *axes[2] = {h, w};
    for (int i = 0; i < 2; i++) {
        const ptrdiff_t sizes[4] = {axes[i]->kernel, axes[i]->stride, axes[i]->padding,
                                    axes[i]->dilation};
        memcpy(call.sizes + 4 * i, sizes, sizeof sizes);
    }
    return call;
}

static void run(tgc_call *call)
{
    call->kernel->plan(call);
    call->work = 1e6; /* on the pool, however small */
    CHECK(tgc_run(call) == 0);
}

static double get(const char *data, int dtype, ptrdiff_t i)
{
    return dtype == TGC_F32 ? (double)((const float *)(const void *)data)[i]
                            : ((const double *)(const void *)data)[i];
}

static void fill(char *data, int dtype, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        const double v = (double)(i * 7 % 11) - 5;
        if (dtype == TGC_F32) {
            ((float *)(void *)data)[i] = (float)v;
        } else {
            ((double *)(void *)data)[i] = v;
        }
    }
}

/* The largest element of window o, or its sum. */
static double window(const char *x, int dtype, const axis *h, const axis *w, ptrdiff_t o, int sums)
{
    const ptrdiff_t columns = outputs(w), plane = o / (outputs(h) * columns);
    const ptrdiff_t i = o / columns % outputs(h), j = o % columns;
    double best = -INFINITY, sum = 0;
    for (ptrdiff_t k = 0; k < h->kernel; k++) {
        for (ptrdiff_t l = 0; l < w->kernel; l++) {
            const ptrdiff_t row = i * h->stride - h->padding + k * h->dilation;
            const ptrdiff_t column = j * w->stride - w->padding + l * w->dilation;
            if (row >= 0 && row < h->size && column >= 0 && column < w->size) {
                const double v = get(x, dtype, (plane * h->size + row) * w->size + column);
                best = v > best ? v : best;
                sum += v;
            }
        }
    }
    return sums ? sum : best;
}

static double total(const char *data, int dtype, ptrdiff_t n)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += get(data, dtype, i);
    }
    return sum;
}

/* With the divisor 1 all sums are exact. */
static void test_averages(int dtype, const axis *h, const axis *w, char *x, char *y)
{
    const ptrdiff_t n = PLANES * h->size * w->size, m = PLANES * outputs(h) * outputs(w);
    tgc_call call = begin(TGC_avg_pool, dtype, h, w);
    call.n_scalars = 1;
    call.scalars[0].value = 1;
    add_operand(&call, x, dtype, h->size, w->size);
    add_operand(&call, y, dtype, outputs(h), outputs(w));
    run(&call);
    for (ptrdiff_t o = 0; o < m; o++) {
        CHECK(get(y, dtype, o) == window(x, dtype, h, w, o, 1));
    }
    call = begin(TGC_avg_pool_backward, dtype, h, w);
    call.n_scalars = 1;
    call.scalars[0].value = 1;
    add_operand(&call, y, dtype, outputs(h), outputs(w));
    add_operand(&call, x, dtype, h->size, w->size);
    const double sum = total(y, dtype, m);
    run(&call);
    if (h->padding + w->padding == 0) {
        CHECK(total(x, dtype, n) == sum * (double)(h->kernel * w->kernel));
    }
}

static void test_case(int dtype, const axis *h, const axis *w)
{
    const size_t item = tgc_item_size(dtype);
    const ptrdiff_t rows = outputs(h), columns = outputs(w);
    const ptrdiff_t n = PLANES * h->size * w->size, m = PLANES * rows * columns;
    const int wide = h->kernel * w->kernel > TGC_POOL_BYTE_TAPS;
    char *x = malloc((size_t)n * item), *y = malloc((size_t)m * item);
    char *back = malloc((size_t)n * item);
    char *again = malloc((size_t)m * item), *taps = malloc((size_t)m * (wide ? 4 : 1));
    char *indices = malloc((size_t)m * sizeof(int64_t));
    const int tap_dtype = wide ? TGC_I32 : TGC_U8;
    fill(x, dtype, n);

    tgc_call call = begin(TGC_max_pool, dtype, h, w);
    add_operand(&call, x, dtype, h->size, w->size);
    add_operand(&call, y, dtype, rows, columns);
    add_operand(&call, taps, tap_dtype, rows, columns);
    run(&call);

    call = begin(TGC_max_pool_gather, dtype, h, w);
    add_operand(&call, x, dtype, h->size, w->size);
    add_operand(&call, taps, tap_dtype, rows, columns);
    add_operand(&call, again, dtype, rows, columns);
    run(&call);
    CHECK(memcmp(y, again, (size_t)m * item) == 0);

    call = begin(TGC_max_pool_indices, TGC_I64, h, w);
    add_operand(&call, x, dtype, h->size, w->size);
    add_operand(&call, taps, tap_dtype, rows, columns);
    add_operand(&call, indices, TGC_I64, rows, columns);
    run(&call);

    call = begin(TGC_max_pool_backward, dtype, h, w);
    add_operand(&call, y, dtype, rows, columns);
    add_operand(&call, taps, tap_dtype, rows, columns);
    add_operand(&call, back, dtype, h->size, w->size);
    run(&call);
    CHECK(total(back, dtype, n) == total(y, dtype, m));

    for (ptrdiff_t o = 0; o < m; o++) {
        const ptrdiff_t place = (ptrdiff_t)((int64_t *)(void *)indices)[o];
        const ptrdiff_t plane = o / (rows * columns) * h->size * w->size;
        CHECK(place >= 0 && place < h->size * w->size);
        CHECK(get(x, dtype, plane + place) == get(y, dtype, o));
        CHECK(get(y, dtype, o) == window(x, dtype, h, w, o, 0));
    }
    if (h->dilation * w->dilation == 1) {
        test_averages(dtype, h, w, x, y);
    }
    free(x), free(y), free(back), free(again), free(taps), free(indices);
}

static void test_adaptive(int dtype)
{
    const axis h = {.size = 5}, w = {.size = 35};
    const ptrdiff_t n = PLANES * 5 * 35, m = PLANES * 3 * 17;
    char *x = malloc((size_t)n * 8), *y = malloc((size_t)m * 8);
    fill(y, dtype, m);
    tgc_call call = begin(TGC_avg_pool_backward, dtype, &h, &w);
    call.sizes[TGC_POOL_MODE] = TGC_POOL_ADAPTIVE;
    add_operand(&call, y, dtype, 3, 17);
    add_operand(&call, x, dtype, 5, 35);
    run(&call);
    CHECK(fabs(total(x, dtype, n) - total(y, dtype, m)) < 1e-4);
    call = begin(TGC_avg_pool, dtype, &h, &w);
    call.sizes[TGC_POOL_MODE] = TGC_POOL_ADAPTIVE;
    add_operand(&call, x, dtype, 5, 35);
    add_operand(&call, y, dtype, 3, 17);
    run(&call);
    free(x), free(y);
}

int main(void)
{
    static const axis axes[] = {{4, 2, 2, 0, 1},  {33, 2, 2, 0, 1},  {35, 2, 2, 0, 1},
                                {17, 3, 2, 1, 1}, {31, 3, 1, 1, 1},  {21, 4, 3, 2, 2},
                                {1, 1, 1, 0, 1},  {40, 20, 3, 7, 1}, {9, 5, 7, 0, 1}};
    enum { N = sizeof axes / sizeof *axes };
    CHECK(tgc_dispatch_init() == 0);
    tgc_set_num_threads(2);
    const tgc_isa best = tgc_current_isa();
    for (tgc_isa isa = 0; isa <= best; isa++) {
        tgc_use_isa(isa);
        for (int i = 0; i < N * N; i++) {
            test_case(TGC_F32, &axes[i / N], &axes[i % N]);
            test_case(TGC_F64, &axes[i / N], &axes[i % N]);
        }
        test_adaptive(TGC_F32);
        test_adaptive(TGC_F64);
    }
    return check_result();
}
