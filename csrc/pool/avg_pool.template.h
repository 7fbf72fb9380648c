/* Average pooling for one real type (T): sums down the columns, then along the row. */

/* Lines of the workspace: the sums of a row of windows' columns, what every window counts in its
 * row, and quotients. */
typedef struct {
    T *line, *counts, *quotients;
} FN(avg_lines);

static FN(avg_lines) FN(new_avg_lines)(const tgc_pool *pool)
{
    FN(avg_lines) lines = {.counts = tgc_workspace()};
    const ptrdiff_t n = pool->columns.out;
    lines.quotients = lines.counts + tgc_pool_room(n);
    lines.line = lines.quotients + tgc_pool_room(n);
    for (ptrdiff_t j = 0; j < n; j++) {
        lines.counts[j] = (T)tgc_pool_count(pool, &pool->columns, j);
    }
    return lines;
}

/* The divisors of VL windows of a row that counts `rows`. */
TGC_INLINE vec FN(divisors)(const tgc_pool *pool, const T *counts, T rows)
{
    return pool->divisor != 0 ? vec_set1((T)pool->divisor) : vec_load(counts) * rows;
}

/* line = the sum of some rows of x. */
static void FN(add_rows)(const tgc_pool *pool, const T *x, tgc_span span, T *line)
{
    const ptrdiff_t step = pool->x->strides[3], row_step = pool->x->strides[2];
    for (ptrdiff_t j = 0; j < pool->columns.size; j += VL) {
        const ptrdiff_t left = pool->columns.size - j, n = left < VL ? left : VL;
        vec sum = vec_zero();
        for (ptrdiff_t i = span.begin; i < span.end; i++) {
            const T *p = x + i * row_step + j * step;
            sum += step != 1 ? vec_gather(p, step, n) : n == VL ? vec_load(p) : vec_loadn(p, n);
        }
        vec_store(line + j, sum);
    }
}

/* The windows' sums, of line, which has the padding in front. */
TGC_INLINE vec FN(add_columns)(const tgc_pool *pool, const T *line, ptrdiff_t j, ptrdiff_t n)
{
    const tgc_pool_axis *columns = &pool->columns;
    vec sum = vec_zero();
    if (!pool->adaptive) {
        for (ptrdiff_t k = 0; k < columns->kernel; k++) {
            sum += FN(load_every)(line + j * columns->stride + k, columns->stride, n);
        }
        return sum;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const tgc_span span = tgc_pool_span(pool, columns, j + i);
        T total = 0;
        for (ptrdiff_t k = span.begin; k < span.end; k++) {
            total += line[k];
        }
        sum[i] = total;
    }
    return sum;
}

/* Zeros where the windows of a row reach into the padding. */
static void FN(clear_padding)(const tgc_pool *pool, T *line)
{
    const tgc_pool_axis *columns = &pool->columns;
    const ptrdiff_t length = pool->adaptive ? 0 : tgc_pool_line(columns);
    memset(line, 0, (size_t)columns->padding * sizeof(T));
    for (ptrdiff_t j = columns->padding + columns->size; j < length; j++) {
        line[j] = 0;
    }
}

/* One row of y. */
static void FN(avg_pool_row)(const tgc_pool *pool, const FN(avg_lines) *lines, const T *x,
                             ptrdiff_t row, T *y)
{
    const ptrdiff_t outputs = pool->columns.out;
    const T rows = (T)tgc_pool_count(pool, &pool->rows, row);
    FN(add_rows)(pool, x, tgc_pool_span(pool, &pool->rows, row), lines->line + pool->columns.padding);
    /* Whole vectors were stored: the padding behind the row is cleared after it. */
    FN(clear_padding)(pool, lines->line);
    for (ptrdiff_t j = 0; j < outputs; j += VL) {
        const ptrdiff_t n = tgc_min(outputs - j, VL);
        const vec sum = FN(add_columns)(pool, lines->line, j, n);
        vec_storen(y + j, sum / FN(divisors)(pool, lines->counts + j, rows), n);
    }
}

/* Operands: x, y. */
static void FN(avg_pool)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 1);
    const ptrdiff_t size = call->sizes[TGC_POOL_CHUNK], begin = index * size;
    const ptrdiff_t end = tgc_min(begin + size, pool.planes * pool.rows.out);
    const FN(avg_lines) lines = FN(new_avg_lines)(&pool);
    const int pairs = FN(is_pairs)(&pool);
    tgc_pool_rows r;
    for (ptrdiff_t i = begin; i < end; i += r.end - r.begin) {
        r = tgc_pool_find_rows(&pool, i, end);
        if (pairs) {
            FN(avg_pool_pairs)(&pool, r);
            continue;
        }
        const T *x = (const T *)(const void *)tgc_pool_plane(pool.x, r.plane);
        char *y_plane = tgc_pool_plane(pool.y, r.plane);
        for (ptrdiff_t row = r.begin; row < r.end; row++) {
            FN(avg_pool_row)(&pool, &lines, x, row, FN(y_row)(&pool, y_plane, row));
        }
    }
}

/* line = for each column the sum of the quotients of the windows that cover it. */
static void FN(spread_columns)(const tgc_pool *pool, const T *quotients, T *line)
{
    const tgc_pool_axis *columns = &pool->columns;
    const ptrdiff_t n = columns->out;
    memset(line, 0, (size_t)tgc_avg_pool_line(pool) * sizeof(T));
    if (!pool->adaptive && columns->stride == 1) {
        for (ptrdiff_t k = 0; k < columns->kernel; k++) {
            for (ptrdiff_t j = 0; j < n; j += VL) {
                vec_store(line + j + k, vec_load(line + j + k) + vec_load(quotients + j));
            }
        }
        return;
    }
    for (ptrdiff_t j = 0; j < n; j++) {
        const tgc_span span = tgc_pool_span(pool, columns, j);
        for (ptrdiff_t k = span.begin; k < span.end; k++) {
            line[columns->padding + k] += quotients[j];
        }
    }
}

/* Plane `plane` of the gradient, which is contiguous; y may have any strides. */
static void FN(spread_averages)(const tgc_pool *pool, const FN(avg_lines) *lines, ptrdiff_t plane)
{
    const ptrdiff_t step = pool->y->strides[3], width = pool->columns.size;
    const T *line = lines->line + pool->columns.padding;
    char *y_plane = tgc_pool_plane(pool->y, plane);
    T *x = (T *)(void *)tgc_pool_plane(pool->x, plane);
    FN(clear_plane)(pool, (char *)x);
    for (ptrdiff_t row = 0; row < pool->rows.out; row++) {
        const T *y = FN(y_row)(pool, y_plane, row);
        const T rows = (T)tgc_pool_count(pool, &pool->rows, row);
        const ptrdiff_t outputs = pool->columns.out;
        for (ptrdiff_t j = 0; j < outputs; j += VL) {
            const ptrdiff_t left = outputs - j, n = left < VL ? left : VL;
            const vec v = step == 1 ? vec_loadn(y + j, n) : vec_gather(y + j * step, step, n);
            const vec quotient = v / FN(divisors)(pool, lines->counts + j, rows);
            /* Whole vectors are added: the lanes behind the row are 0. */
            vec_store(lines->quotients + j, vec_select(vmask_first(n), quotient, vec_zero()));
        }
        FN(spread_columns)(pool, lines->quotients, lines->line);
        const tgc_span span = tgc_pool_span(pool, &pool->rows, row);
        for (ptrdiff_t i = span.begin; i < span.end; i++) {
            T *to = x + i * width;
            for (ptrdiff_t j = 0; j < width; j += VL) {
                const ptrdiff_t left = width - j, n = left < VL ? left : VL;
                vec_storen(to + j, vec_loadn(to + j, n) + vec_loadn(line + j, n), n);
            }
        }
    }
}

/* Operands: y, x. */
static void FN(avg_pool_backward)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 1, 0);
    const ptrdiff_t size = call->sizes[TGC_POOL_CHUNK], begin = index * size;
    const ptrdiff_t end = tgc_min(begin + size, pool.planes);
    const FN(avg_lines) lines = FN(new_avg_lines)(&pool);
    const int pairs = FN(is_pairs)(&pool) && pool.y->strides[3] == 1;
    for (ptrdiff_t plane = begin; plane < end; plane++) {
        if (pairs) {
            FN(spread_pairs)(&pool, NULL, plane);
        } else {
            FN(spread_averages)(&pool, &lines, plane);
        }
    }
}

static void FN(install_avg_pool)(tgc_table table)
{
    table[TGC_avg_pool][TGC_DTYPE] = (tgc_kernel){.name = "avg_pool",
                                                  .plan = tgc_avg_pool_plan,
                                                  .chunk = FN(avg_pool),
                                                  .cost = 0.2};
    table[TGC_avg_pool_backward][TGC_DTYPE] = (tgc_kernel){.name = "avg_pool_backward",
                                                           .plan = tgc_avg_pool_backward_plan,
                                                           .chunk = FN(avg_pool_backward),
                                                           .cost = 0.4};
}
