/* The place of the largest or smallest element, for one type (T, code DTYPE). */

typedef struct {
    T value;
    int64_t index; /* -1: no element yet */
} PLAIN(extreme);

TGC_PLAIN int PLAIN(is_nan)(T x)
{
    return _Generic(x, float: 1, double: 1, default: 0) && isnan((double)x);
}

/* Does x come before the best so far? A NaN is beaten by nothing. */
TGC_PLAIN int PLAIN(better)(int op, T x, T best)
{
    return (op == MAX ? x > best : x < best) || (PLAIN(is_nan)(x) && !PLAIN(is_nan)(best));
}

TGC_PLAIN void PLAIN(update)(int op, PLAIN(extreme) *best, T x, int64_t index)
{
    if (best->index < 0 || PLAIN(better)(op, x, best->value)) {
        best->value = x;
        best->index = index;
    }
}

TGC_PLAIN void PLAIN(add_block)(int op, PLAIN(extreme) *acc, const tgc_reduce_block *b)
{
    for (ptrdiff_t r = 0; r < b->rows; r++) {
        const T *a = (const T *)b->a + r * b->row_stride;
        const int64_t first = b->first + r * b->n;
        if (b->strips) {
            for (ptrdiff_t i = 0; i < b->n; i++) {
                for (ptrdiff_t j = 0; j < b->width; j++) {
                    const T x = a[i * b->stride + j * b->width_stride];
                    PLAIN(update)(op, &acc[j], x, first + i);
                }
            }
        } else {
            for (ptrdiff_t j = 0; j < b->width; j++) {
                PLAIN(extreme) best = acc[j];
                for (ptrdiff_t i = 0; i < b->n; i++) {
                    const T x = a[i * b->stride + j * b->width_stride];
                    PLAIN(update)(op, &best, x, first + i);
                }
                acc[j] = best;
            }
        }
    }
}

static void PLAIN(init)(void *acc, ptrdiff_t width)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        ((PLAIN(extreme) *)acc)[j] = (PLAIN(extreme)){.index = -1};
    }
}

static void PLAIN(store_index)(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        ((int64_t *)y->data[0])[j * y->strides[0]] = ((const PLAIN(extreme) *)acc)[j].index;
    }
}

static void PLAIN(store_both)(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        const PLAIN(extreme) best = ((const PLAIN(extreme) *)acc)[j];
        ((T *)y->data[0])[j * y->strides[0]] = best.value;
        ((int64_t *)y->data[1])[j * y->strides[1]] = best.index;
    }
}

#define REDUCTION(name, arg_name, op)                                                        \
    static void PLAIN(name##_add)(void *acc, const tgc_reduce_block *block)                  \
    {                                                                                        \
        PLAIN(add_block)(op, acc, block);                                                    \
    }                                                                                        \
    static void PLAIN(name##_combine)(void *acc, const void *later, ptrdiff_t width)         \
    {                                                                                        \
        for (ptrdiff_t j = 0; j < width; j++) {                                              \
            const PLAIN(extreme) *other = (const PLAIN(extreme) *)later + j;                 \
            if (other->index >= 0) {                                                         \
                PLAIN(update)(op, (PLAIN(extreme) *)acc + j, other->value, other->index);    \
            }                                                                                \
        }                                                                                    \
    }                                                                                        \
    static const tgc_reduce_op *PLAIN(name)(void)                                            \
    {                                                                                        \
        static const tgc_reduce_op functions = {.init = PLAIN(init),                         \
                                                .add = PLAIN(name##_add),                    \
                                                .combine = PLAIN(name##_combine),            \
                                                .store = PLAIN(store_both),                  \
                                                .ordered = 1};                               \
        return &functions;                                                                   \
    }                                                                                        \
    static const tgc_reduce_op *PLAIN(arg_name)(void)                                        \
    {                                                                                        \
        static const tgc_reduce_op functions = {.init = PLAIN(init),                         \
                                                .add = PLAIN(name##_add),                    \
                                                .combine = PLAIN(name##_combine),            \
                                                .store = PLAIN(store_index),                 \
                                                .ordered = 1};                               \
        return &functions;                                                                   \
    }

REDUCTION(max, argmax, MAX)
REDUCTION(min, argmin, MIN)

#undef REDUCTION

static void PLAIN(install)(tgc_table table)
{
    table[TGC_max][DTYPE] = TGC_REDUCE_KERNEL("max", PLAIN(max));
    table[TGC_min][DTYPE] = TGC_REDUCE_KERNEL("min", PLAIN(min));
    table[TGC_argmax][DTYPE] = TGC_REDUCE_KERNEL("argmax", PLAIN(argmax));
    table[TGC_argmin][DTYPE] = TGC_REDUCE_KERNEL("argmin", PLAIN(argmin));
}

#undef T
#undef DTYPE
#undef SUFFIX
