/* Windows of 2 x 2 side by side, without padding, for one real type (T): no workspace. */

TGC_INLINE int FN(is_pair)(const tgc_pool_axis *axis)
{
    return axis->kernel == 2 && axis->stride == 2 && axis->padding == 0 && axis->dilation == 1 &&
           2 * axis->out <= axis->size;
}

/* Does every window have its four elements, in rows that are contiguous? */
TGC_INLINE int FN(is_pairs)(const tgc_pool *pool)
{
    return FN(is_pair)(&pool->rows) && FN(is_pair)(&pool->columns) && pool->x->strides[3] == 1;
}

/* The n windows of two rows of x. */
static void FN(max_pool_pairs)(const T *above, const T *below, T *y, uint8_t *taps, ptrdiff_t n)
{
    for (ptrdiff_t j = 0; j < n; j += VL) {
        const ptrdiff_t left = n - j, m = left < VL ? left : VL;
        const ptrdiff_t low = 2 * m < VL ? 2 * m : VL, high = 2 * m - low;
        const vec a = vec_loadn(above + 2 * j, low), b = vec_loadn(above + 2 * j + low, high);
        const vec c = vec_loadn(below + 2 * j, low), d = vec_loadn(below + 2 * j + low, high);
        vec best = vec_even(a, b), at = vec_zero();
        const vec second = vec_odd(a, b), third = vec_even(c, d), fourth = vec_odd(c, d);
        TAKE_LARGER(best, at, second, vec_set1(1));
        TAKE_LARGER(best, at, third, vec_set1(2));
        TAKE_LARGER(best, at, fourth, vec_set1(3));
        vec_storen(y + j, best, m);
        vec_storen_bytes(taps + j, at, m);
    }
}

/* Lane by lane, v where tap is t, else 0. */
TGC_INLINE vec FN(if_tap)(vec v, vec tap, T t)
{
    return vec_select(vec_eq(tap, vec_set1(t)), v, vec_zero());
}

/* The elements 2 j .. 2 j + 2 m of one row of x: those of taps t and t + 1. */
TGC_INLINE void FN(store_pairs)(T *x, vec v, vec tap, T t, ptrdiff_t m)
{
    const vec even = FN(if_tap)(v, tap, t), odd = FN(if_tap)(v, tap, t + 1);
    const ptrdiff_t low = 2 * m < VL ? 2 * m : VL;
    vec_storen(x, vec_zip_low(even, odd), low);
    vec_storen(x + low, vec_zip_high(even, odd), 2 * m - low);
}

/* Plane `plane` of the gradient, each element written once. */
static void FN(spread_plane)(const tgc_call *call, const tgc_pool *pool, ptrdiff_t plane)
{
    const ptrdiff_t width = pool->columns.size, n = pool->columns.out;
    T *x = (T *)(void *)pool->x->data + tgc_pool_offset(pool->x, plane, 0);
    for (ptrdiff_t row = 0; row < pool->rows.out; row++, x += 2 * width) {
        const uint8_t *taps = (const uint8_t *)tgc_tap_row(&call->operands[1], plane, row);
        const T *y = (const T *)(const void *)pool->y->data + tgc_pool_offset(pool->y, plane, row);
        for (ptrdiff_t j = 0; j < n; j += VL) {
            const ptrdiff_t left = n - j, m = left < VL ? left : VL;
            const vec v = vec_loadn(y + j, m), tap = vec_loadn_bytes(taps + j, m);
            FN(store_pairs)(x + 2 * j, v, tap, 0, m);
            FN(store_pairs)(x + width + 2 * j, v, tap, 2, m);
        }
        for (ptrdiff_t j = 2 * n; j < width; j++) {
            x[j] = x[width + j] = 0;
        }
    }
    memset(x, 0, (size_t)((pool->rows.size - 2 * pool->rows.out) * width) * sizeof(T));
}
