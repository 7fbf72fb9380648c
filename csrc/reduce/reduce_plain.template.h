/* Reductions of one type (T, code DTYPE) in plain C. Accumulators are int64_t. */

TGC_PLAIN int64_t PLAIN(element)(int op, T x)
{
    return op == ANY || op == ALL ? x != 0 : (int64_t)x;
}

TGC_PLAIN void PLAIN(add_block)(int op, int64_t *acc, const tgc_reduce_block *b)
{
    for (ptrdiff_t r = 0; r < b->rows; r++) {
        const T *a = (const T *)b->a + r * b->row_stride;
        if (b->strips) {
            for (ptrdiff_t i = 0; i < b->n; i++) {
                for (ptrdiff_t j = 0; j < b->width; j++) {
                    const T x = a[i * b->stride + j * b->width_stride];
                    acc[j] = apply(op, acc[j], PLAIN(element)(op, x));
                }
            }
        } else {
            for (ptrdiff_t j = 0; j < b->width; j++) {
                int64_t sum = acc[j];
                for (ptrdiff_t i = 0; i < b->n; i++) {
                    const T x = a[i * b->stride + j * b->width_stride];
                    sum = apply(op, sum, PLAIN(element)(op, x));
                }
                acc[j] = sum;
            }
        }
    }
}

#define REDUCTION(name, op, store_function)                                                  \
    static void PLAIN(name##_add)(void *acc, const tgc_reduce_block *block)                  \
    {                                                                                        \
        PLAIN(add_block)(op, acc, block);                                                    \
    }                                                                                        \
    static const tgc_reduce_op *PLAIN(name)(void)                                            \
    {                                                                                        \
        static const tgc_reduce_op functions = {.init = name##_init,                         \
                                                .add = PLAIN(name##_add),                    \
                                                .combine = name##_combine,                   \
                                                .store = store_function};                    \
        return &functions;                                                                   \
    }

REDUCTION(any, ANY, store_bool)
REDUCTION(all, ALL, store_bool)

#ifdef WHOLE
static void PLAIN(store)(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        ((T *)y->data[0])[j * y->strides[0]] = (T)((const int64_t *)acc)[j];
    }
}

REDUCTION(sum, SUM, store_int64)
REDUCTION(prod, PROD, store_int64)
REDUCTION(amax, MAX, PLAIN(store))
REDUCTION(amin, MIN, PLAIN(store))
#endif

#undef REDUCTION

static void PLAIN(install)(tgc_table table)
{
    table[TGC_any][DTYPE] = TGC_REDUCE_KERNEL("any", PLAIN(any));
    table[TGC_all][DTYPE] = TGC_REDUCE_KERNEL("all", PLAIN(all));
#ifdef WHOLE
    table[TGC_sum][DTYPE] = TGC_REDUCE_KERNEL("sum", PLAIN(sum));
    table[TGC_prod][DTYPE] = TGC_REDUCE_KERNEL("prod", PLAIN(prod));
    table[TGC_amax][DTYPE] = TGC_REDUCE_KERNEL("amax", PLAIN(amax));
    table[TGC_amin][DTYPE] = TGC_REDUCE_KERNEL("amin", PLAIN(amin));
#endif
}

#undef T
#undef DTYPE
#undef SUFFIX
