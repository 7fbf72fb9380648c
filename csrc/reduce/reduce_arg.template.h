/* Where the largest or smallest element stands, for one type (T, TYPE, code TGC_DTYPE). LOOPS is
 * the name of the file that searches a block. */

#ifndef TGC_REDUCE_ARG
#define TGC_REDUCE_ARG
enum { TGC_ARG_MAX, TGC_ARG_MIN };
#endif

typedef struct {
    T value;
    int64_t index; /* -1: no element yet */
} FN(extreme);

TGC_INLINE int FN(is_nan)(T x)
{
    return _Generic(x, float: 1, double: 1, default: 0) && isnan((double)x);
}

/* Is x better than the best so far? Nothing is better than a NaN. */
TGC_INLINE int FN(better)(int op, T x, T best)
{
    return (op == TGC_ARG_MAX ? x > best : x < best) || (FN(is_nan)(x) && !FN(is_nan)(best));
}

TGC_INLINE void FN(update)(int op, FN(extreme) *best, T x, int64_t index)
{
    if (best->index < 0 || FN(better)(op, x, best->value)) {
        best->value = x;
        best->index = index;
    }
}

#include LOOPS

static void FN(arg_init)(void *acc, ptrdiff_t width)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        ((FN(extreme) *)acc)[j] = (FN(extreme)){.index = -1};
    }
}

static void FN(store_index)(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        ((int64_t *)y->data[0])[j * y->strides[0]] = ((const FN(extreme) *)acc)[j].index;
    }
}

static void FN(store_both)(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        const FN(extreme) best = ((const FN(extreme) *)acc)[j];
        ((T *)y->data[0])[j * y->strides[0]] = best.value;
        ((int64_t *)y->data[1])[j * y->strides[1]] = best.index;
    }
}

#define REDUCTION(name, arg_name, op)                                                        \
    static void FN(name##_add)(void *acc, const tgc_reduce_block *block)                     \
    {                                                                                        \
        FN(search_block)(op, acc, block);                                                    \
    }                                                                                        \
    static void FN(name##_combine)(void *acc, const void *later, ptrdiff_t width)            \
    {                                                                                        \
        for (ptrdiff_t j = 0; j < width; j++) {                                              \
            const FN(extreme) *other = (const FN(extreme) *)later + j;                       \
            if (other->index >= 0) {                                                         \
                FN(update)(op, (FN(extreme) *)acc + j, other->value, other->index);          \
            }                                                                                \
        }                                                                                    \
    }                                                                                        \
    static const tgc_reduce_op *FN(name)(void)                                               \
    {                                                                                        \
        static const tgc_reduce_op functions = {.init = FN(arg_init),                        \
                                                .add = FN(name##_add),                       \
                                                .combine = FN(name##_combine),               \
                                                .store = FN(store_both),                     \
                                                .ordered = 1};                               \
        return &functions;                                                                   \
    }                                                                                        \
    static const tgc_reduce_op *FN(arg_name)(void)                                           \
    {                                                                                        \
        static const tgc_reduce_op functions = {.init = FN(arg_init),                        \
                                                .add = FN(name##_add),                       \
                                                .combine = FN(name##_combine),               \
                                                .store = FN(store_index),                    \
                                                .ordered = 1};                               \
        return &functions;                                                                   \
    }

REDUCTION(max, argmax, TGC_ARG_MAX)
REDUCTION(min, argmin, TGC_ARG_MIN)

#undef REDUCTION

static void FN(install_arg)(tgc_table table)
{
    table[TGC_max][TGC_DTYPE] = TGC_REDUCE_KERNEL("max", FN(max));
    table[TGC_min][TGC_DTYPE] = TGC_REDUCE_KERNEL("min", FN(min));
    table[TGC_argmax][TGC_DTYPE] = TGC_REDUCE_KERNEL("argmax", FN(argmax));
    table[TGC_argmin][TGC_DTYPE] = TGC_REDUCE_KERNEL("argmin", FN(argmin));
}
