/* Searches a block for extreme elements with the vectors of one ISA; after reduce.template.h. */

/* Which lanes of v equal `wanted`, or if `nan` are NaN. */
TGC_INLINE vmask FN(lanes_like)(vec v, vec wanted, int nan)
{
    return nan ? vec_isnan(v) : vec_eq(v, wanted);
}

/* The index of the first of n elements that equals `value`, or if `nan` is NaN. One must. */
TGC_INLINE ptrdiff_t FN(find_like)(const T *a, ptrdiff_t stride, ptrdiff_t n, T value, int nan)
{
    const vec wanted = vec_set1(value);
    ptrdiff_t i = 0;
    for (; i + VL <= n; i += VL) {
        const vec v = FN(load_lanes)(a + i * stride, stride, VL, vec_zero());
        const vmask found = FN(lanes_like)(v, wanted, nan);
        if (vmask_any(found)) {
            return i + __builtin_ctz(vmask_bits(found));
        }
    }
    const vec v = FN(load_lanes)(a + i * stride, stride, n - i, vec_zero());
    const vmask found = vmask_and(FN(lanes_like)(v, wanted, nan), vmask_first(n - i));
    return i + __builtin_ctz(vmask_bits(found));
}

TGC_INLINE ptrdiff_t FN(find)(const T *a, ptrdiff_t stride, ptrdiff_t n, T value)
{
    return value != value ? FN(find_like)(a, stride, n, value, 1)
                          : FN(find_like)(a, stride, n, value, 0);
}

/* Elements side by side, run by run: first reduces the run to its extreme value, then looks for
 * that value, if it is better than the best so far. */
TGC_INLINE void FN(search_row)(int op, FN(extreme) *best, const T *a, ptrdiff_t stride, ptrdiff_t n,
                               int64_t first)
{
    static const tgc_reduce_block one_row = {.rows = 1};
    for (ptrdiff_t i = 0; i < n; i += TGC_REDUCE_RUN) {
        const ptrdiff_t length = tgc_min(n - i, TGC_REDUCE_RUN);
        const T *run = a + i * stride;
        const int fold = op == TGC_ARG_MAX ? MAX : MIN;
        const T value = FN(fold_lanes)(fold, FN(reduce_run)(fold, run, &one_row, length, stride));
        if (best->index < 0 || FN(better)(op, value, best->value)) {
            const ptrdiff_t place = FN(find)(run, stride, length, value);
            /* The element itself, because 0 equals -0 and has another sign. */
            best->value = run[place * stride];
            best->index = first + i + place;
        }
    }
}

/* For columns side by side: the extreme elements so far, and the rows that they are in. */
typedef struct {
    T value[TGC_REDUCE_WIDTH], row[TGC_REDUCE_WIDTH];
} FN(extremes);

/* Updates n columns from column j on with `rows` rows, the first of which is row number `first`. */
TGC_INLINE void FN(search_rows)(int op, FN(extremes) *best, ptrdiff_t j, const T *a,
                                const tgc_reduce_block *b, ptrdiff_t first, ptrdiff_t rows,
                                ptrdiff_t width_stride, ptrdiff_t n)
{
    vec value = vec_load(best->value + j), place = vec_load(best->row + j);
    vec row = vec_set1((T)first);
    for (ptrdiff_t i = 0; i < rows; i++) {
        const vec v = FN(load_lanes)(a + i * b->stride + j * width_stride, width_stride, n, value);
        /* A NaN in v is not less, so it is better; a NaN in value is never replaced. */
        const vmask less = op == TGC_ARG_MAX ? vec_le(v, value) : vec_ge(v, value);
        const vmask better = vmask_and(vmask_not(less), vec_eq(value, value));
        value = vec_select(better, v, value);
        place = vec_select(better, row, place);
        row += 1;
    }
    vec_store(best->value + j, value);
    vec_store(best->row + j, place);
}

TGC_INLINE void FN(search_strips)(int op, FN(extreme) *acc, const T *a, const tgc_reduce_block *b,
                                  int64_t first, ptrdiff_t width_stride)
{
    FN(extremes) best;
    for (ptrdiff_t j = 0; j < b->width; j += VL) {
        const ptrdiff_t n = tgc_min(b->width - j, VL);
        const vec v = FN(load_lanes)(a + j * width_stride, width_stride, n, vec_zero());
        vec_store(best.value + j, v);
        vec_store(best.row + j, vec_zero());
    }
    for (ptrdiff_t i = 1; i < b->n; i += 8) {
        const ptrdiff_t rows = tgc_min(b->n - i, 8);
        const T *from = a + i * b->stride;
        ptrdiff_t j = 0;
        for (; j + VL <= b->width; j += VL) {
            FN(search_rows)(op, &best, j, from, b, i, rows, width_stride, VL);
        }
        if (j < b->width) {
            FN(search_rows)(op, &best, j, from, b, i, rows, width_stride, b->width - j);
        }
    }
    for (ptrdiff_t j = 0; j < b->width; j++) {
        FN(update)(op, &acc[j], best.value[j], first + (int64_t)best.row[j]);
    }
}

TGC_INLINE void FN(search_block)(int op, FN(extreme) *acc, const tgc_reduce_block *b)
{
    for (ptrdiff_t r = 0; r < b->rows; r++) {
        const T *a = (const T *)b->a + r * b->row_stride;
        const int64_t first = b->first + r * b->n;
        if (b->strips && b->width_stride == 1) {
            FN(search_strips)(op, acc, a, b, first, 1);
        } else if (b->strips) {
            FN(search_strips)(op, acc, a, b, first, b->width_stride);
        } else {
            for (ptrdiff_t j = 0; j < b->width; j++) {
                const T *row = a + j * b->width_stride;
                if (b->stride == 1) {
                    FN(search_row)(op, &acc[j], row, 1, b->n, first);
                } else {
                    FN(search_row)(op, &acc[j], row, b->stride, b->n, first);
                }
            }
        }
    }
}
