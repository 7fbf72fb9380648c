/* Max pooling for one real type (T): the largest of each row of a window, then of those rows. */

/* The workspace, which has lines for some rows of x. They are filled in two passes, so that what is
 * stored is loaded again only a pass later: a vector that is loaded from what several stores have
 * just written would wait for them. */
typedef struct {
    T *first_taps;        /* for each column of y the first tap that is not padding */
    T *lines;             /* rows of x with the padding around them */
    T *largest, *taps;    /* for each column of y the largest x in the row, and its tap */
    ptrdiff_t line, room; /* steps from row to row: of lines; of largest and taps */
    ptrdiff_t n_taps;     /* the taps of a row of a window that may be in the plane */
    ptrdiff_t length;     /* the elements of a line that those read */
} FN(max_lines);

static FN(max_lines) FN(new_max_lines)(const tgc_pool *pool, ptrdiff_t n)
{
    const tgc_pool_axis *columns = &pool->columns;
    FN(max_lines) l = {.first_taps = tgc_workspace(),
                       .room = tgc_pool_room(columns->out),
                       .n_taps = tgc_pool_taps(columns)};
    l.length = tgc_pool_line(columns, l.n_taps);
    l.line = tgc_pool_room(l.length);
    l.lines = l.first_taps + l.room;
    l.largest = l.lines + n * l.line;
    l.taps = l.largest + n * l.room;
    for (ptrdiff_t j = 0; j < l.room; j++) {
        l.first_taps[j] = (T)(j < columns->out ? tgc_pool_first_tap(columns, j) : 0);
    }
    return l;
}

/* line = the row at x with the padding around it; writes up to a vector beyond. */
static void FN(pad_row)(const tgc_pool_axis *columns, T *line, ptrdiff_t length, const T *x,
                        ptrdiff_t step, T fill)
{
    const ptrdiff_t begin = tgc_min(columns->padding, length);
    const ptrdiff_t end = tgc_min(begin + columns->size, length);
    for (ptrdiff_t j = 0; j < begin; j++) {
        line[j] = fill;
    }
    if (step == 1) {
        for (ptrdiff_t j = begin; j < end; j += VL) {
            vec_prefetch(x + j - begin);
            vec_store(line + j, vec_load_first(x + j - begin, tgc_min(end - j, VL)));
        }
    } else {
        for (ptrdiff_t j = begin; j < end; j++) {
            line[j] = x[(j - begin) * step];
        }
    }
    for (ptrdiff_t j = end; j < length; j++) {
        line[j] = fill;
    }
}

/* Row i of largest and taps: the largest of each window's columns in the line, and which tap it
 * is. */
TGC_INLINE void FN(largest_columns)(const tgc_pool_axis *columns, const FN(max_lines) *l,
                                    ptrdiff_t i, ptrdiff_t stride)
{
    const T *line = l->lines + i * l->line;
    T *largest = l->largest + i * l->room, *taps = l->taps + i * l->room;
    for (ptrdiff_t j = 0; j < columns->out; j += VL) {
        const ptrdiff_t n = tgc_min(columns->out - j, VL);
        vec best = FN(load_every)(line + j * stride, stride, n), at = vec_load(l->first_taps + j);
        vec tap = vec_set1(1);
        for (ptrdiff_t k = 1; k < l->n_taps; k++, tap += 1) {
            const vec v = FN(load_every)(line + j * stride + k * columns->dilation, stride, n);
            TAKE_LARGER(best, at, v, tap);
        }
        vec_store(largest + j, best);
        vec_store(taps + j, at);
    }
}

/* Fills the lines of rows begin .. end - 1 of x. */
static void FN(fill_max_lines)(const tgc_pool *pool, const FN(max_lines) *l, const T *x,
                               ptrdiff_t begin, ptrdiff_t end)
{
    const tgc_pool_axis *columns = &pool->columns;
    const ptrdiff_t row_step = pool->x->strides[2], step = pool->x->strides[3];
    for (ptrdiff_t i = 0; i < end - begin; i++) {
        FN(pad_row)(columns, l->lines + i * l->line, l->length, x + (begin + i) * row_step, step,
                    (T)-INFINITY);
    }
    for (ptrdiff_t i = 0; i < end - begin; i++) {
        if (columns->stride == 1) {
            FN(largest_columns)(columns, l, i, 1);
        } else if (columns->stride == 2) {
            FN(largest_columns)(columns, l, i, 2);
        } else {
            FN(largest_columns)(columns, l, i, columns->stride);
        }
    }
}

TGC_INLINE void FN(store_taps)(char *taps, vec at, ptrdiff_t j, ptrdiff_t n, int wide)
{
    if (!wide) {
        vec_storen_bytes((uint8_t *)taps + j, at, n);
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        ((int32_t *)(void *)taps)[j + i] = (int32_t)at[i];
    }
}

/* One row of y and its taps; the lines begin with row `begin` of x. */
static void FN(max_pool_row)(const tgc_pool *pool, const FN(max_lines) *l, ptrdiff_t begin,
                             ptrdiff_t row, T *y, char *taps, int wide)
{
    const tgc_pool_axis *rows = &pool->rows;
    const ptrdiff_t first = tgc_pool_first_tap(rows, row), step = rows->dilation * l->room;
    const ptrdiff_t start = row * rows->stride - rows->padding + first * rows->dilation;
    const ptrdiff_t inside = tgc_ceil_div(rows->size - start, rows->dilation);
    const ptrdiff_t count = tgc_min(rows->kernel - first, inside);
    const T kernel = (T)pool->columns.kernel;
    for (ptrdiff_t j = 0; j < pool->columns.out; j += VL) {
        const ptrdiff_t n = tgc_min(pool->columns.out - j, VL);
        vec_prefetch(y + j);
        const T *largest = l->largest + (start - begin) * l->room + j;
        const T *column_taps = l->taps + (start - begin) * l->room + j;
        vec row_tap = vec_set1((T)first * kernel);
        vec best = vec_load(largest), at = vec_load(column_taps) + row_tap;
        for (ptrdiff_t k = 1; k < count; k++) {
            row_tap += kernel;
            TAKE_LARGER(best, at, vec_load(largest + k * step),
                        vec_load(column_taps + k * step) + row_tap);
        }
        vec_storen(y + j, best, n);
        FN(store_taps)(taps, at, j, n, wide);
    }
}

/* Rows r of y, a few at a time: the workspace has lines for the rows of x that those need. */
static void FN(max_pool_rows)(const tgc_pool *pool, const FN(max_lines) *l, const tgc_operand *taps,
                              tgc_pool_rows r, ptrdiff_t block)
{
    const tgc_pool_axis *rows = &pool->rows;
    const ptrdiff_t span = tgc_pool_reach(rows);
    const ptrdiff_t at_once = block == rows->size ? rows->out : (block - span) / rows->stride + 1;
    const T *x = (const T *)(const void *)tgc_pool_plane(pool->x, r.plane);
    char *y_plane = tgc_pool_plane(pool->y, r.plane), *tap_plane = tgc_pool_plane(taps, r.plane);
    for (ptrdiff_t first = r.begin; first < r.end; first += at_once) {
        const ptrdiff_t last = tgc_min(first + at_once, r.end) - 1;
        const ptrdiff_t begin = tgc_clamp(first * rows->stride - rows->padding, 0, rows->size);
        const ptrdiff_t end = tgc_min(last * rows->stride - rows->padding + span, rows->size);
        FN(fill_max_lines)(pool, l, x, begin, end);
        for (ptrdiff_t row = first; row <= last; row++) {
            FN(max_pool_row)(pool, l, begin, row, FN(y_row)(pool, y_plane, row),
                             tgc_tap_row(taps, tap_plane, row), taps->dtype == TGC_I32);
        }
    }
}

/* Operands: x, y, taps. */
static void FN(max_pool)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 1);
    const tgc_operand *taps = &call->operands[2];
    const tgc_span chunk = tgc_pool_chunk(call, index, pool.planes * pool.rows.out);
    const int pairs = FN(is_pairs)(&pool);
    FN(max_lines) lines = {0};
    if (!pairs) {
        lines = FN(new_max_lines)(&pool, call->sizes[TGC_POOL_BLOCK]);
    }
    tgc_pool_rows r;
    for (ptrdiff_t i = chunk.begin; i < chunk.end; i += r.end - r.begin) {
        r = tgc_pool_find_rows(&pool, i, chunk.end);
        if (pairs) {
            FN(max_pool_pairs)(&pool, taps, r);
        } else {
            FN(max_pool_rows)(&pool, &lines, taps, r, call->sizes[TGC_POOL_BLOCK]);
        }
    }
}

/* Operands: y, taps, x. */
static void FN(max_pool_backward)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 2, 0);
    const tgc_span chunk = tgc_pool_chunk(call, index, pool.planes);
    const int pairs = FN(is_pairs)(&pool) && pool.y->strides[3] == 1;
    const tgc_taps w = tgc_taps_begin(&pool, pool.columns.size, 1);
    for (ptrdiff_t plane = chunk.begin; plane < chunk.end; plane++) {
        if (pairs) {
            FN(spread_pairs)(&pool, &call->operands[1], plane);
        } else {
            FN(scatter_plane)(call, &pool, &w, plane);
        }
    }
}
