/* Moving numbers to and from the taps of max pooling, for one real type (T). */

/* Where the windows of row `row` of y start in a plane of x: maybe in the padding, before it. */
TGC_INLINE T *FN(window_row)(const tgc_pool *pool, char *plane, ptrdiff_t row)
{
    const ptrdiff_t first = row * pool->rows.stride - pool->rows.padding;
    return (T *)(void *)plane + first * pool->x->strides[2] -
           pool->columns.padding * pool->x->strides[3];
}

/* Row `row` of a plane of y. */
TGC_INLINE T *FN(y_row)(const tgc_pool *pool, char *plane, ptrdiff_t row)
{
    return (T *)(void *)plane + row * pool->y->strides[2];
}

/* Operands: x, taps, y. */
static void FN(max_pool_gather)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 2);
    const tgc_operand *taps = &call->operands[1];
    const ptrdiff_t column = pool.x->strides[3], step = pool.columns.stride * column;
    const tgc_taps w = tgc_taps_begin(&pool, pool.x->strides[2], column);
    const tgc_span chunk = tgc_pool_chunk(call, index, pool.planes * pool.rows.out);
    tgc_pool_rows r;
    for (ptrdiff_t i = chunk.begin; i < chunk.end; i += r.end - r.begin) {
        r = tgc_pool_find_rows(&pool, i, chunk.end);
        char *x_plane = tgc_pool_plane(pool.x, r.plane), *y_plane = tgc_pool_plane(pool.y, r.plane);
        char *tap_plane = tgc_pool_plane(taps, r.plane);
        for (ptrdiff_t row = r.begin; row < r.end; row++) {
            const char *tap_row = tgc_tap_row(taps, tap_plane, row);
            const T *x = FN(window_row)(&pool, x_plane, row);
            T *y = FN(y_row)(&pool, y_plane, row);
            for (ptrdiff_t j = 0; j < pool.columns.out; j++) {
                y[j] = x[j * step + tgc_tap_distance(&w, tap_row, j)];
            }
        }
    }
}

static void FN(clear_plane)(const tgc_pool *pool, char *plane)
{
    memset(plane, 0, (size_t)(pool->rows.size * pool->columns.size) * sizeof(T));
}

/* One plane of the gradient, which is contiguous; y may have any strides. */
static void FN(scatter_plane)(const tgc_call *call, const tgc_pool *pool, const tgc_taps *w,
                              ptrdiff_t plane)
{
    const tgc_operand *taps = &call->operands[1];
    const ptrdiff_t y_step = pool->y->strides[3];
    char *x_plane = tgc_pool_plane(pool->x, plane), *y_plane = tgc_pool_plane(pool->y, plane);
    char *tap_plane = tgc_pool_plane(taps, plane);
    FN(clear_plane)(pool, x_plane);
    for (ptrdiff_t row = 0; row < pool->rows.out; row++) {
        const char *tap_row = tgc_tap_row(taps, tap_plane, row);
        const T *y = FN(y_row)(pool, y_plane, row);
        T *x = FN(window_row)(pool, x_plane, row);
        for (ptrdiff_t j = 0; j < pool->columns.out; j++) {
            x[j * pool->columns.stride + tgc_tap_distance(w, tap_row, j)] += y[j * y_step];
        }
    }
}
