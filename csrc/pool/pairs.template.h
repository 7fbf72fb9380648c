/* Pooling by 2 x 2 windows side by side, without padding, for one real type (T): the common case,
 * which needs no workspace. */

TGC_INLINE int FN(is_pair)(const tgc_pool_axis *axis)
{
    return axis->kernel == 2 && axis->stride == 2 && axis->padding == 0 && axis->dilation == 1 &&
           2 * axis->out <= axis->size;
}

/* Does every window have its four elements, in rows that are contiguous? */
TGC_INLINE int FN(is_pairs)(const tgc_pool *pool)
{
    return !pool->adaptive && FN(is_pair)(&pool->rows) && FN(is_pair)(&pool->columns) &&
           pool->x->strides[3] == 1;
}

/* m <= VL windows: the vectors of two rows that they cover, 2 m elements of each. */
typedef struct {
    vec above, above_next, below, below_next;
} FN(pairs);

TGC_INLINE FN(pairs) FN(load_pairs)(const T *above, const T *below, ptrdiff_t m)
{
    vec_prefetch(above);
    vec_prefetch(above + VL);
    vec_prefetch(below);
    vec_prefetch(below + VL);
    if (m == VL) {
        return (FN(pairs)){vec_load(above), vec_load(above + VL), vec_load(below),
                           vec_load(below + VL)};
    }
    const ptrdiff_t low = tgc_min(2 * m, VL), high = 2 * m - low;
    return (FN(pairs)){vec_loadn(above, low), vec_loadn(above + low, high), vec_loadn(below, low),
                       vec_loadn(below + low, high)};
}

/* Stores 2 m elements: the first m lanes of even and odd in turn. */
TGC_INLINE void FN(store_zipped)(T *x, vec even, vec odd, ptrdiff_t m)
{
    vec_prefetch(x);
    vec_prefetch(x + VL);
    if (m == VL) {
        vec_store(x, vec_zip_low(even, odd));
        vec_store(x + VL, vec_zip_high(even, odd));
        return;
    }
    const ptrdiff_t low = tgc_min(2 * m, VL);
    vec_storen(x, vec_zip_low(even, odd), low);
    vec_storen(x + low, vec_zip_high(even, odd), 2 * m - low);
}

TGC_INLINE void FN(max_pairs)(FN(pairs) p, T *y, uint8_t *taps, ptrdiff_t m)
{
    vec best = vec_even(p.above, p.above_next), at = vec_zero();
    const vec second = vec_odd(p.above, p.above_next), third = vec_even(p.below, p.below_next);
    const vec fourth = vec_odd(p.below, p.below_next);
    TAKE_LARGER(best, at, second, vec_set1(1));
    TAKE_LARGER(best, at, third, vec_set1(2));
    TAKE_LARGER(best, at, fourth, vec_set1(3));
    vec_storen(y, best, m);
    vec_storen_bytes(taps, at, m);
}

/* Rows r of y. */
static void FN(max_pool_pairs)(const tgc_pool *pool, const tgc_operand *taps, tgc_pool_rows r)
{
    const ptrdiff_t n = pool->columns.out, step = pool->x->strides[2];
    const T *x = (const T *)(const void *)tgc_pool_plane(pool->x, r.plane);
    char *y_plane = tgc_pool_plane(pool->y, r.plane), *tap_plane = tgc_pool_plane(taps, r.plane);
    for (ptrdiff_t row = r.begin; row < r.end; row++) {
        const T *above = x + 2 * row * step;
        T *y = FN(y_row)(pool, y_plane, row);
        uint8_t *tap_row = (uint8_t *)tgc_tap_row(taps, tap_plane, row);
        for (ptrdiff_t j = 0; j < n; j += VL) {
            const ptrdiff_t m = tgc_min(n - j, VL);
            vec_prefetch(y + j);
            FN(max_pairs)(FN(load_pairs)(above + 2 * j, above + step + 2 * j, m), y + j,
                          tap_row + j, m);
        }
    }
}

static void FN(avg_pool_pairs)(const tgc_pool *pool, tgc_pool_rows r)
{
    const ptrdiff_t n = pool->columns.out, step = pool->x->strides[2];
    const T *x = (const T *)(const void *)tgc_pool_plane(pool->x, r.plane);
    const vec divisor = vec_set1((T)(pool->divisor != 0 ? pool->divisor : 4));
    char *y_plane = tgc_pool_plane(pool->y, r.plane);
    for (ptrdiff_t row = r.begin; row < r.end; row++) {
        const T *above = x + 2 * row * step;
        T *y = FN(y_row)(pool, y_plane, row);
        for (ptrdiff_t j = 0; j < n; j += VL) {
            const ptrdiff_t m = tgc_min(n - j, VL);
            vec_prefetch(y + j);
            const FN(pairs) p = FN(load_pairs)(above + 2 * j, above + step + 2 * j, m);
            const vec low = p.above + p.below, high = p.above_next + p.below_next;
            vec_storen(y + j, (vec_even(low, high) + vec_odd(low, high)) / divisor, m);
        }
    }
}

/* Stores zeros where no window is: behind the n windows of two rows. */
TGC_INLINE void FN(clear_rest)(T *above, T *below, ptrdiff_t n, ptrdiff_t width)
{
    for (ptrdiff_t j = 2 * n; j < width; j++) {
        above[j] = below[j] = 0;
    }
}

/* Lane by lane, v where tap is t, else 0. */
TGC_INLINE vec FN(if_tap)(vec v, vec tap, T t)
{
    return vec_select(vec_eq(tap, vec_set1(t)), v, vec_zero());
}

/* A plane of the gradient, each element written once: of max pooling, or if `taps` is NULL of
 * average pooling. */
static void FN(spread_pairs)(const tgc_pool *pool, const tgc_operand *taps, ptrdiff_t plane)
{
    const ptrdiff_t width = pool->columns.size, n = pool->columns.out;
    const vec divisor = vec_set1((T)(pool->divisor != 0 ? pool->divisor : 4));
    T *x = (T *)(void *)tgc_pool_plane(pool->x, plane);
    char *y_plane = tgc_pool_plane(pool->y, plane);
    char *tap_plane = taps ? tgc_pool_plane(taps, plane) : NULL;
    for (ptrdiff_t row = 0; row < pool->rows.out; row++, x += 2 * width) {
        const T *y = FN(y_row)(pool, y_plane, row);
        for (ptrdiff_t j = 0; j < n; j += VL) {
            const ptrdiff_t m = tgc_min(n - j, VL);
            const vec v = vec_load_first(y + j, m);
            vec_prefetch(y + j);
            if (taps) {
                const uint8_t *tap_row = (const uint8_t *)tgc_tap_row(taps, tap_plane, row);
                const vec tap = vec_loadn_bytes(tap_row + j, m);
                FN(store_zipped)(x + 2 * j, FN(if_tap)(v, tap, 0), FN(if_tap)(v, tap, 1), m);
                FN(store_zipped)(x + width + 2 * j, FN(if_tap)(v, tap, 2), FN(if_tap)(v, tap, 3),
                                 m);
            } else {
                const vec quotient = v / divisor;
                FN(store_zipped)(x + 2 * j, quotient, quotient, m);
                FN(store_zipped)(x + width + 2 * j, quotient, quotient, m);
            }
        }
        FN(clear_rest)(x, x + width, n, width);
    }
    memset(x, 0, (size_t)((pool->rows.size - 2 * pool->rows.out) * width) * sizeof(T));
}
