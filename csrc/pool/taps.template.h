/* Moving numbers to and from the taps of max pooling, for one real type (T). */

/* Element (row, column) of the windows' starts: it may lie in the padding, before the plane. */
TGC_INLINE T *FN(window_row)(const tgc_pool *pool, ptrdiff_t plane, ptrdiff_t row)
{
    const ptrdiff_t first = row * pool->rows.stride - pool->rows.padding;
    return (T *)(void *)pool->x->data + tgc_pool_offset(pool->x, plane, first) -
           pool->columns.padding * pool->x->strides[3];
}

/* Operands: x, taps, y. */
static void FN(max_pool_gather)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 2);
    const ptrdiff_t column = pool.x->strides[3], step = pool.columns.stride * column;
    const tgc_taps w = tgc_taps_begin(&pool, pool.x->strides[2], column);
    const ptrdiff_t size = call->sizes[TGC_POOL_CHUNK], begin = index * size;
    const ptrdiff_t end = tgc_min(begin + size, pool.planes * pool.rows.out);
    for (ptrdiff_t i = begin; i < end; i++) {
        const ptrdiff_t plane = i / pool.rows.out, row = i % pool.rows.out;
        const char *taps = tgc_tap_row(&call->operands[1], plane, row);
        const T *x = FN(window_row)(&pool, plane, row);
        T *y = (T *)(void *)pool.y->data + tgc_pool_offset(pool.y, plane, row);
        for (ptrdiff_t j = 0; j < pool.columns.out; j++) {
            y[j] = x[j * step + tgc_tap_distance(&w, taps, j)];
        }
    }
}

static void FN(clear_plane)(const tgc_pool *pool, ptrdiff_t plane)
{
    T *x = (T *)(void *)pool->x->data + tgc_pool_offset(pool->x, plane, 0);
    memset(x, 0, (size_t)(pool->rows.size * pool->columns.size) * sizeof(T));
}

/* One plane of the gradient, which is contiguous; y may have any strides. */
static void FN(scatter_plane)(const tgc_call *call, const tgc_pool *pool, const tgc_taps *w,
                              ptrdiff_t plane)
{
    const ptrdiff_t y_step = pool->y->strides[3];
    FN(clear_plane)(pool, plane);
    for (ptrdiff_t row = 0; row < pool->rows.out; row++) {
        const char *taps = tgc_tap_row(&call->operands[1], plane, row);
        const T *y = (const T *)(const void *)pool->y->data + tgc_pool_offset(pool->y, plane, row);
        T *x = FN(window_row)(pool, plane, row);
        for (ptrdiff_t j = 0; j < pool->columns.out; j++) {
            x[j * pool->columns.stride + tgc_tap_distance(w, taps, j)] += y[j * y_step];
        }
    }
}
