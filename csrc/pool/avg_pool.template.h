/* Average pooling for one real type (T): sums down the columns, then along the row. */

/* The workspace, which has lines for some rows of y. What is stored in a line is loaded again only
 * a pass later: a vector that is loaded from what several stores have just written would wait for
 * them. */
typedef struct {
    tgc_span *columns; /* what the windows of each column of y cover; not set if the stride is 1 */
    tgc_span *rows;    /* in backward: what the windows of each row of y cover */
    T *counts;         /* for each column of y, what its windows count in the divisor */
    T *sums;           /* for each row: sums down the columns of x */
    T *quotients;      /* in backward, for each row: y / divisor */
    ptrdiff_t line, quotient_line; /* steps from row to row: of sums, of quotients */
    ptrdiff_t n;                   /* the number of rows */
} FN(avg_lines);

static FN(avg_lines) FN(new_avg_lines)(const tgc_pool *pool, ptrdiff_t n)
{
    const ptrdiff_t room = tgc_pool_room(pool->columns.out);
    FN(avg_lines) l = {.columns = tgc_workspace(),
                       .line = tgc_avg_pool_line(pool),
                       .quotient_line = tgc_avg_pool_quotients(pool),
                       .n = n};
    l.rows = l.columns + pool->columns.out;
    l.counts = (T *)(void *)((char *)tgc_workspace() + tgc_avg_pool_spans(pool));
    l.sums = l.counts + room;
    l.quotients = l.sums + n * l.line;
    if (pool->adaptive || pool->columns.stride > 1) { /* with stride 1, sums need no spans */
        for (ptrdiff_t j = 0; j < pool->columns.out; j++) {
            l.columns[j] = tgc_pool_span(pool, &pool->columns, j);
        }
    }
    for (ptrdiff_t j = 0; j < room; j++) {
        l.counts[j] = (T)(j < pool->columns.out ? tgc_pool_count(pool, &pool->columns, j) : 1);
    }
    return l;
}

/* The divisors of VL windows of a row that counts `rows`. */
TGC_INLINE vec FN(divisors)(const tgc_pool *pool, const T *counts, T rows)
{
    return pool->divisor != 0 ? vec_set1((T)pool->divisor) : vec_load(counts) * rows;
}

/* line = the sum of some rows of x, between zeros for the padding. */
static void FN(add_rows)(const tgc_pool *pool, const T *x, tgc_span span, T *line, ptrdiff_t room)
{
    const ptrdiff_t padding = pool->columns.padding, width = pool->columns.size;
    const ptrdiff_t step = pool->x->strides[3], row_step = pool->x->strides[2];
    const ptrdiff_t rows = span.end - span.begin;
    const ptrdiff_t whole = step == 1 ? width / VL * VL : 0; /* what whole vectors can be loaded of */
    T *sums = line + padding;
    for (ptrdiff_t j = 0; j < padding; j++) {
        line[j] = 0;
    }
    x += span.begin * row_step;
    ptrdiff_t j = 0;
    for (; j < whole; j += VL) {
        vec sum = vec_zero();
        for (ptrdiff_t i = 0; i < rows; i++) {
            sum += vec_load(x + i * row_step + j);
        }
        vec_store(sums + j, sum);
    }
    for (; j < width; j += VL) {
        const ptrdiff_t n = tgc_min(width - j, VL);
        vec sum = vec_zero();
        for (ptrdiff_t i = 0; i < rows; i++) {
            const T *p = x + i * row_step + j * step;
            sum += step == 1 ? vec_loadn(p, n) : vec_gather(p, step, n);
        }
        vec_store(sums + j, sum);
    }
    /* The lanes behind the row are 0, and so is what follows the last vector. */
    for (; j + VL <= room - padding; j += VL) {
        vec_store(sums + j, vec_zero());
    }
}

/* A row of y. */
TGC_INLINE void FN(avg_pool_row)(const tgc_pool *pool, const T *line, const T *counts, T rows,
                                 ptrdiff_t stride, T *y)
{
    const ptrdiff_t out = pool->columns.out, kernel = pool->columns.kernel;
    for (ptrdiff_t j = 0; j < out; j += VL) {
        const ptrdiff_t n = tgc_min(out - j, VL);
        vec sum = vec_zero();
        for (ptrdiff_t k = 0; k < kernel; k++) {
            sum += FN(load_every)(line + j * stride + k, stride, n);
        }
        vec_storen(y + j, sum / FN(divisors)(pool, counts + j, rows), n);
    }
}

static void FN(adaptive_avg_pool_row)(const tgc_pool *pool, const FN(avg_lines) *l, const T *line,
                                      T rows, T *y)
{
    for (ptrdiff_t j = 0; j < pool->columns.out; j++) {
        T sum = 0;
        for (ptrdiff_t k = l->columns[j].begin; k < l->columns[j].end; k++) {
            sum += line[k];
        }
        y[j] = sum / (l->counts[j] * rows);
    }
}

static void FN(avg_pool_rows)(const tgc_pool *pool, const FN(avg_lines) *l, tgc_pool_rows r)
{
    const T *x = (const T *)(const void *)tgc_pool_plane(pool->x, r.plane);
    char *y_plane = tgc_pool_plane(pool->y, r.plane);
    const ptrdiff_t stride = pool->columns.stride;
    for (ptrdiff_t first = r.begin; first < r.end; first += l->n) {
        const ptrdiff_t n = tgc_min(l->n, r.end - first);
        for (ptrdiff_t i = 0; i < n; i++) {
            const tgc_span span = tgc_pool_span(pool, &pool->rows, first + i);
            FN(add_rows)(pool, x, span, l->sums + i * l->line, l->line);
        }
        for (ptrdiff_t i = 0; i < n; i++) {
            const T rows = (T)tgc_pool_count(pool, &pool->rows, first + i);
            const T *line = l->sums + i * l->line;
            T *y = FN(y_row)(pool, y_plane, first + i);
            if (pool->adaptive) {
                FN(adaptive_avg_pool_row)(pool, l, line, rows, y);
            } else if (stride == 1) {
                FN(avg_pool_row)(pool, line, l->counts, rows, 1, y);
            } else if (stride == 2) {
                FN(avg_pool_row)(pool, line, l->counts, rows, 2, y);
            } else {
                FN(avg_pool_row)(pool, line, l->counts, rows, stride, y);
            }
        }
    }
}

/* Operands: x, y. */
static void FN(avg_pool)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 1);
    const tgc_span chunk = tgc_pool_chunk(call, index, pool.planes * pool.rows.out);
    const int pairs = FN(is_pairs)(&pool);
    FN(avg_lines) lines = {0};
    if (!pairs) {
        lines = FN(new_avg_lines)(&pool, call->sizes[TGC_POOL_BLOCK]);
    }
    tgc_pool_rows r;
    for (ptrdiff_t i = chunk.begin; i < chunk.end; i += r.end - r.begin) {
        r = tgc_pool_find_rows(&pool, i, chunk.end);
        if (pairs) {
            FN(avg_pool_pairs)(&pool, r);
        } else {
            FN(avg_pool_rows)(&pool, &lines, r);
        }
    }
}

/* The gradient goes the same way back: quotients, sums along the row, sums down the columns. */

/* quotients = a row of y / its divisors, zeros before it and behind it. */
static void FN(divide_row)(const tgc_pool *pool, const T *y, const T *counts, T rows, T *quotients,
                           ptrdiff_t room)
{
    const ptrdiff_t step = pool->y->strides[3], before = pool->columns.kernel - 1;
    const ptrdiff_t outputs = pool->columns.out;
    ptrdiff_t j = 0;
    for (; j < before; j++) {
        quotients[j] = 0;
    }
    for (j = 0; j < outputs; j += VL) {
        const ptrdiff_t n = tgc_min(outputs - j, VL);
        const vec v =
            step != 1 ? vec_gather(y + j * step, step, n) : vec_load_first(y + j, n);
        const vec quotient = v / FN(divisors)(pool, counts + j, rows);
        vec_store(quotients + before + j, vec_select(vmask_first(n), quotient, vec_zero()));
    }
    for (; j + VL <= room - before; j += VL) {
        vec_store(quotients + before + j, vec_zero());
    }
}

/* line = for each column, padding included, the sum of the quotients of the windows that cover
 * it. */
static void FN(spread_columns)(const tgc_pool *pool, const FN(avg_lines) *l, const T *quotients,
                               T *line)
{
    const tgc_pool_axis *columns = &pool->columns;
    const ptrdiff_t before = columns->kernel - 1, n = columns->padding + columns->size;
    if (!pool->adaptive && columns->stride == 1) {
        for (ptrdiff_t i = 0; i < n; i += VL) {
            vec sum = vec_load(quotients + i);
            for (ptrdiff_t k = 1; k <= before; k++) {
                sum += vec_load(quotients + i + k);
            }
            vec_store(line + i, sum);
        }
        return;
    }
    memset(line, 0, (size_t)l->line * sizeof(T));
    for (ptrdiff_t j = 0; j < columns->out; j++) {
        for (ptrdiff_t k = l->columns[j].begin; k < l->columns[j].end; k++) {
            line[columns->padding + k] += quotients[before + j];
        }
    }
}

/* A row of the gradient: the sum of n lines, added to what the row holds if `more`. */
static void FN(add_lines)(T *x, ptrdiff_t width, const T *lines, ptrdiff_t n, ptrdiff_t step,
                          int more)
{
    for (ptrdiff_t j = 0; j < width; j += VL) {
        const ptrdiff_t m = tgc_min(width - j, VL);
        vec sum = more ? vec_loadn(x + j, m) : vec_zero();
        for (ptrdiff_t i = 0; i < n; i++) {
            sum += vec_load(lines + i * step + j);
        }
        vec_storen(x + j, sum, m);
    }
}

/* Adds the lines of rows first .. last of y to the gradient, of which the first `done` rows have
 * been written before. Returns the number of rows that have been written then. */
static ptrdiff_t FN(add_block)(const tgc_pool *pool, const FN(avg_lines) *l, T *x, ptrdiff_t first,
                               ptrdiff_t last, ptrdiff_t done)
{
    const ptrdiff_t width = pool->columns.size, padding = pool->columns.padding;
    const ptrdiff_t end = l->rows[last].end;
    ptrdiff_t from = first, to = first;
    for (ptrdiff_t i = tgc_min(l->rows[first].begin, done); i < end; i++) {
        while (l->rows[from].end <= i) {
            from++;
        }
        while (to <= last && l->rows[to].begin <= i) {
            to++;
        }
        const T *lines = l->sums + (from - first) * l->line + padding;
        FN(add_lines)(x + i * width, width, lines, to - from, l->line, i < done);
    }
    return end > done ? end : done;
}

/* Plane `plane` of the gradient, which is contiguous; y may have any strides. */
static void FN(spread_averages)(const tgc_pool *pool, const FN(avg_lines) *l, ptrdiff_t plane)
{
    const ptrdiff_t width = pool->columns.size, outputs = pool->rows.out;
    char *y_plane = tgc_pool_plane(pool->y, plane);
    T *x = (T *)(void *)tgc_pool_plane(pool->x, plane);
    ptrdiff_t done = 0;
    for (ptrdiff_t first = 0; first < outputs; first += l->n) {
        const ptrdiff_t n = tgc_min(l->n, outputs - first);
        for (ptrdiff_t i = 0; i < n; i++) {
            const T rows = (T)tgc_pool_count(pool, &pool->rows, first + i);
            FN(divide_row)(pool, FN(y_row)(pool, y_plane, first + i), l->counts, rows,
                           l->quotients + i * l->quotient_line, l->quotient_line);
        }
        for (ptrdiff_t i = 0; i < n; i++) {
            FN(spread_columns)(pool, l, l->quotients + i * l->quotient_line, l->sums + i * l->line);
        }
        done = FN(add_block)(pool, l, x, first, first + n - 1, done);
    }
    memset(x + done * width, 0, (size_t)((pool->rows.size - done) * width) * sizeof(T));
}

/* Operands: y, x. */
static void FN(avg_pool_backward)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 1, 0);
    const tgc_span chunk = tgc_pool_chunk(call, index, pool.planes);
    const int pairs = FN(is_pairs)(&pool) && pool.y->strides[3] == 1;
    FN(avg_lines) lines = {0};
    if (!pairs) {
        lines = FN(new_avg_lines)(&pool, call->sizes[TGC_POOL_BLOCK]);
        for (ptrdiff_t i = 0; i < pool.rows.out; i++) {
            lines.rows[i] = tgc_pool_span(&pool, &pool.rows, i);
        }
    }
    for (ptrdiff_t plane = chunk.begin; plane < chunk.end; plane++) {
        if (pairs) {
            FN(spread_pairs)(&pool, NULL, plane);
        } else {
            FN(spread_averages)(&pool, &lines, plane);
        }
    }
}
