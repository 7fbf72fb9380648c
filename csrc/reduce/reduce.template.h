/* Reductions of one real type (T) with the vectors of one ISA; includes the other parts of the
 * family, in order. Accumulators are double. */
#include <math.h>

#ifndef TGC_REDUCE_OPS
#define TGC_REDUCE_OPS
enum { SUM, PROD, MAX, MIN };

TGC_INLINE double reduce_identity(int op)
{
    return op == SUM ? 0 : op == PROD ? 1 : op == MAX ? -INFINITY : INFINITY;
}

TGC_INLINE double reduce_apply(int op, double a, double b)
{
    switch (op) {
    case SUM:
        return a + b;
    case PROD:
        return a * b;
    case MAX:
        return b > a || b != b ? b : a;
    default:
        return b < a || b != b ? b : a;
    }
}
#endif

TGC_INLINE vec FN(apply)(int op, vec a, vec b)
{
    switch (op) {
    case SUM:
        return a + b;
    case PROD:
        return a * b;
    case MAX:
        return vec_max(a, b);
    default:
        return vec_min(a, b);
    }
}

/* The first n lanes from p, the others from `fill`. */
TGC_INLINE vec FN(load_lanes)(const T *p, ptrdiff_t stride, ptrdiff_t n, vec fill)
{
    if (n == VL) {
        return stride == 1 ? vec_load(p) : vec_gather(p, stride, n);
    }
    const vec v = stride == 1 ? vec_loadn(p, n) : vec_gather(p, stride, n);
    return vec_select(vmask_first(n), v, fill);
}

TGC_INLINE vec FN(fold)(int op, const vec *v)
{
    return FN(apply)(op, FN(apply)(op, FN(apply)(op, v[0], v[1]), FN(apply)(op, v[2], v[3])),
                     FN(apply)(op, FN(apply)(op, v[4], v[5]), FN(apply)(op, v[6], v[7])));
}

/* All lanes to one number: neighbours first. */
TGC_INLINE T FN(fold_lanes)(int op, vec v)
{
    v = FN(apply)(op, v, vec_swap(v, 1));
    v = VL > 2 ? FN(apply)(op, v, vec_swap(v, 2)) : v;
    v = VL > 4 ? FN(apply)(op, v, vec_swap(v, 4)) : v;
    v = VL > 8 ? FN(apply)(op, v, vec_swap(v, 8)) : v;
    return v[0];
}

/* The same for VL vectors, each to one lane of the result. */
TGC_INLINE vec FN(fold_vectors)(int op, vec *v)
{
    TGC_UNROLL for (int n = VL / 2; n > 0; n /= 2)
    {
        TGC_UNROLL for (int i = 0; i < n; i++)
        {
            v[i] = FN(apply)(op, vec_even(v[2 * i], v[2 * i + 1]), vec_odd(v[2 * i], v[2 * i + 1]));
        }
    }
    return v[0];
}

/* n elements of one row into a sum, vector by vector. */
TGC_INLINE vec FN(add_row)(int op, vec sum, const T *row, ptrdiff_t n, ptrdiff_t stride)
{
    ptrdiff_t i = 0;
    for (; i + VL <= n; i += VL) {
        sum = FN(apply)(op, sum, FN(load_lanes)(row + i * stride, stride, VL, sum));
    }
    if (i < n) {
        const vec fill = vec_set1((T)reduce_identity(op));
        sum = FN(apply)(op, sum, FN(load_lanes)(row + i * stride, stride, n - i, fill));
    }
    return sum;
}

/* How many elements ahead to prefetch: none if there are several rows, which end sooner. */
TGC_INLINE ptrdiff_t FN(ahead)(const tgc_reduce_block *b)
{
    return b->rows == 1 ? VEC_AHEAD : 0;
}

/* rows * n elements to one vector. */
TGC_INLINE vec FN(reduce_run)(int op, const T *a, const tgc_reduce_block *b, ptrdiff_t n,
                              ptrdiff_t stride)
{
    const vec fill = vec_set1((T)reduce_identity(op));
    if (n <= VL && b->rows == 1) {
        return FN(load_lanes)(a, stride, n, fill);
    }
    if (n < 8 * VL) {
        vec sum = fill;
        for (ptrdiff_t r = 0; r < b->rows; r++) {
            sum = FN(add_row)(op, sum, a + r * b->row_stride, n, stride);
        }
        return sum;
    }
    vec sum[8] = {fill, fill, fill, fill, fill, fill, fill, fill};
    const ptrdiff_t ahead = FN(ahead)(b) * stride;
    for (ptrdiff_t r = 0; r < b->rows; r++) {
        const T *row = a + r * b->row_stride;
        ptrdiff_t i = 0;
        for (; i + 8 * VL <= n; i += 8 * VL) {
            TGC_UNROLL
            for (int k = 0; k < 8; k++) {
                const T *p = row + (i + k * VL) * stride;
                const vec v = FN(load_lanes)(p, stride, VL, fill);
                __builtin_prefetch(p + ahead);
                sum[k] = FN(apply)(op, sum[k], v);
            }
        }
        sum[0] = FN(add_row)(op, sum[0], row + i * stride, n - i, stride);
    }
    return FN(fold)(op, sum);
}

/* Up to eight rows of one vector of columns to one vector. */
TGC_INLINE vec FN(reduce_column)(int op, const T *a, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t n)
{
    const vec fill = vec_set1((T)reduce_identity(op));
    vec v[8];
    TGC_UNROLL for (int k = 0; k < 8; k++)
    {
        v[k] = k < rows ? FN(load_lanes)(a + k * stride, 1, n, fill) : fill;
    }
    return FN(fold)(op, v);
}

/* Up to eight rows of all columns, into their accumulators. */
TGC_INLINE void FN(add_strip)(int op, double *acc, const T *a, const tgc_reduce_block *b,
                              ptrdiff_t rows)
{
    T lanes[VL];
    ptrdiff_t j = 0;
    for (; j + VL <= b->width; j += VL) {
        vec_store(lanes, FN(reduce_column)(op, a + j, b->stride, rows, VL));
        for (int l = 0; l < VL; l++) {
            acc[j + l] = reduce_apply(op, acc[j + l], lanes[l]);
        }
    }
    vec_store(lanes, FN(reduce_column)(op, a + j, b->stride, rows, b->width - j));
    for (int l = 0; l < b->width - j; l++) {
        acc[j + l] = reduce_apply(op, acc[j + l], lanes[l]);
    }
}

/* Outputs side by side. */
TGC_INLINE void FN(add_strips)(int op, double *acc, const tgc_reduce_block *b)
{
    for (ptrdiff_t r = 0; r < b->rows; r++) {
        const T *a = (const T *)b->a + r * b->row_stride;
        ptrdiff_t i = 0;
        for (; i + 8 <= b->n; i += 8) {
            FN(add_strip)(op, acc, a + i * b->stride, b, 8);
        }
        if (i < b->n) {
            FN(add_strip)(op, acc, a + i * b->stride, b, b->n - i);
        }
    }
}

/* rows * n elements to one number, in runs. */
TGC_INLINE double FN(reduce_rows)(int op, const T *a, const tgc_reduce_block *b)
{
    double sum = reduce_identity(op);
    for (ptrdiff_t i = 0; i < b->n; i += TGC_REDUCE_RUN) {
        const ptrdiff_t n = tgc_min(b->n - i, TGC_REDUCE_RUN);
        const vec v = FN(reduce_run)(op, a + i, b, n, 1);
        sum = reduce_apply(op, sum, FN(fold_lanes)(op, v));
    }
    return sum;
}

/* The elements of an output side by side. */
TGC_INLINE void FN(add_rows)(int op, double *acc, const tgc_reduce_block *b)
{
    const T *a = (const T *)b->a;
    ptrdiff_t j = 0;
    /* The lanes of VL outputs are folded together. */
    for (; b->n <= TGC_REDUCE_RUN && j + VL <= b->width; j += VL) {
        vec v[VL];
        T lanes[VL];
        for (ptrdiff_t k = 0; k < VL; k++) {
            v[k] = FN(reduce_run)(op, a + (j + k) * b->width_stride, b, b->n, 1);
        }
        vec_store(lanes, FN(fold_vectors)(op, v));
        for (int l = 0; l < VL; l++) {
            acc[j + l] = reduce_apply(op, acc[j + l], lanes[l]);
        }
    }
    for (; j < b->width; j++) {
        acc[j] = reduce_apply(op, acc[j], FN(reduce_rows)(op, a + j * b->width_stride, b));
    }
}

typedef void FN(add)(void *acc, const tgc_reduce_block *block);

/* Room for eight rows of the widest tile, or for several runs. */
enum { FN(COPY) = 8 * TGC_REDUCE_WIDTH };

/* A strip whose columns lie apart: eight rows at a time are copied to where columns do not. */
static void FN(add_strip_copies)(void *acc, const tgc_reduce_block *b, FN(add) *add)
{
    T copy[FN(COPY)];
    tgc_reduce_block part = {.a = (const char *)copy, .width = b->width, .width_stride = 1,
                             .rows = 1, .stride = b->width, .strips = 1};
    for (ptrdiff_t r = 0; r < b->rows; r++) {
        const T *a = (const T *)b->a + r * b->row_stride;
        for (ptrdiff_t i = 0; i < b->n; i += part.n) {
            part.n = tgc_min(b->n - i, 8);
            for (ptrdiff_t k = 0; k < part.n; k++) {
                for (ptrdiff_t j = 0; j < b->width; j++) {
                    copy[k * b->width + j] = a[(i + k) * b->stride + j * b->width_stride];
                }
            }
            add(acc, &part);
        }
    }
}

/* Rows whose elements do not lie side by side: runs are copied so that they do. `slot` is the size
 * of an accumulator. */
static void FN(add_row_copies)(char *acc, ptrdiff_t slot, const tgc_reduce_block *b, FN(add) *add)
{
    T copy[FN(COPY)];
    const ptrdiff_t run = tgc_min(b->n, TGC_REDUCE_RUN), size = b->rows * run;
    const ptrdiff_t outputs = tgc_clamp(FN(COPY) / size, 1, b->width);
    tgc_reduce_block part = {.a = (const char *)copy, .rows = b->rows, .stride = 1};
    for (ptrdiff_t j = 0; j < b->width; j += part.width) {
        part.width = tgc_min(b->width - j, outputs);
        for (ptrdiff_t i = 0; i < b->n; i += part.n) {
            part.n = part.row_stride = tgc_min(b->n - i, run);
            part.width_stride = b->rows * part.n;
            T *to = copy;
            for (ptrdiff_t line = 0; line < part.width * b->rows; line++) {
                const T *a = (const T *)b->a + (j + line / b->rows) * b->width_stride +
                             line % b->rows * b->row_stride + i * b->stride;
                for (ptrdiff_t k = 0; k < part.n; k++) {
                    *to++ = a[k * b->stride];
                }
            }
            add(acc + j * slot, &part);
        }
    }
}

TGC_INLINE void FN(add_block)(int op, void *acc, const tgc_reduce_block *b, FN(add) *add)
{
    if (b->strips && b->width_stride == 1) {
        FN(add_strips)(op, acc, b);
    } else if (b->strips) {
        FN(add_strip_copies)(acc, b, add);
    } else if (b->stride == 1) {
        FN(add_rows)(op, acc, b);
    } else {
        FN(add_row_copies)(acc, sizeof(double), b, add);
    }
}

static void FN(store)(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        ((T *)y->data[0])[j * y->strides[0]] = (T)((const double *)acc)[j];
    }
}

static void FN(store_mean)(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        const double sum = ((const double *)acc)[j];
        ((T *)y->data[0])[j * y->strides[0]] = (T)(sum / (double)y->count);
    }
}

/* REDUCTION defines what an operation does with its accumulators, and its loop; LOOP defines a loop
 * with the accumulators of `reduction` and a store function. */
#define REDUCTION(name, op)                                                                  \
    static void FN(name##_init)(void *acc, ptrdiff_t width)                                  \
    {                                                                                        \
        for (ptrdiff_t j = 0; j < width; j++) {                                              \
            ((double *)acc)[j] = reduce_identity(op);                                        \
        }                                                                                    \
    }                                                                                        \
    static void FN(name##_add)(void *acc, const tgc_reduce_block *block)                     \
    {                                                                                        \
        FN(add_block)(op, acc, block, FN(name##_add));                                       \
    }                                                                                        \
    static void FN(name##_combine)(void *acc, const void *later, ptrdiff_t width)            \
    {                                                                                        \
        for (ptrdiff_t j = 0; j < width; j++) {                                              \
            ((double *)acc)[j] =                                                             \
                reduce_apply(op, ((double *)acc)[j], ((const double *)later)[j]);            \
        }                                                                                    \
    }                                                                                        \
    LOOP(name, name, store)
#define LOOP(name, reduction, store_function)                                                \
    static const tgc_reduce_op *FN(name)(void)                                               \
    {                                                                                        \
        static const tgc_reduce_op functions = {.init = FN(reduction##_init),                \
                                                .add = FN(reduction##_add),                  \
                                                .combine = FN(reduction##_combine),          \
                                                .store = FN(store_function)};                \
        return &functions;                                                                   \
    }

REDUCTION(sum, SUM)
REDUCTION(prod, PROD)
REDUCTION(amax, MAX)
REDUCTION(amin, MIN)
LOOP(mean, sum, store_mean)

#undef LOOP
#undef REDUCTION

#include "moments.template.h"
#include "variance.template.h"

#define LOOPS "arg_vec.template.h"
#include "reduce_arg.template.h"
#undef LOOPS

static void FN(install)(tgc_table table)
{
    table[TGC_sum][TGC_DTYPE] = TGC_REDUCE_KERNEL("sum", FN(sum));
    table[TGC_mean][TGC_DTYPE] = TGC_REDUCE_KERNEL("mean", FN(mean));
    table[TGC_prod][TGC_DTYPE] = TGC_REDUCE_KERNEL("prod", FN(prod));
    table[TGC_amax][TGC_DTYPE] = TGC_REDUCE_KERNEL("amax", FN(amax));
    table[TGC_amin][TGC_DTYPE] = TGC_REDUCE_KERNEL("amin", FN(amin));
    table[TGC_squared_distances][TGC_DTYPE] =
        TGC_REDUCE_KERNEL("squared_distances", FN(squared_distances));
    FN(install_arg)(table);
}
