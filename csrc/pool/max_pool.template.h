/* Max pooling for one real type (T): the largest of each row of a window, then of those rows. */

/* Lines of the workspace. For each row of x that is remembered its number, the largest of each
 * window's columns, and their taps; n, the rows there is room for, is a power of two. */
typedef struct {
    ptrdiff_t *numbers;
    T *line, *first_taps, *largest, *taps;
    ptrdiff_t n, room;
} FN(max_ring);

static FN(max_ring) FN(new_ring)(const tgc_pool *pool, ptrdiff_t n)
{
    const tgc_pool_axis *columns = &pool->columns;
    FN(max_ring) ring = {.numbers = tgc_workspace(), .n = n, .room = tgc_pool_room(columns->out)};
    ring.line = (T *)(void *)(ring.numbers + n);
    ring.first_taps = ring.line + tgc_pool_room(tgc_pool_line(columns));
    ring.largest = ring.first_taps + ring.room;
    ring.taps = ring.largest + n * ring.room;
    for (ptrdiff_t j = 0; j < ring.room; j++) {
        ring.first_taps[j] = (T)(j < columns->out ? tgc_pool_first_tap(columns, j) : 0);
    }
    return ring;
}

static void FN(forget_rows)(FN(max_ring) *ring)
{
    for (ptrdiff_t i = 0; i < ring->n; i++) {
        ring->numbers[i] = -1;
    }
}

/* line = the row at x with the padding around it. */
static void FN(pad_row)(const tgc_pool_axis *columns, T *line, const T *x, ptrdiff_t step, T fill)
{
    const ptrdiff_t length = tgc_pool_line(columns), begin = tgc_min(columns->padding, length);
    const ptrdiff_t end = tgc_min(begin + columns->size, length);
    for (ptrdiff_t j = 0; j < begin; j++) {
        line[j] = fill;
    }
    if (step == 1) {
        memcpy(line + begin, x, (size_t)(end - begin) * sizeof(T));
    } else {
        for (ptrdiff_t j = begin; j < end; j++) {
            line[j] = x[(j - begin) * step];
        }
    }
    for (ptrdiff_t j = end; j < length; j++) {
        line[j] = fill;
    }
}

/* The place in the ring of row `number` of x, which is at `x`. */
static ptrdiff_t FN(remember_row)(const tgc_pool *pool, FN(max_ring) *ring, const T *x,
                                  ptrdiff_t number)
{
    const tgc_pool_axis *columns = &pool->columns;
    const ptrdiff_t place = number & (ring->n - 1);
    if (ring->numbers[place] == number) {
        return place * ring->room;
    }
    ring->numbers[place] = number;
    FN(pad_row)(columns, ring->line, x, pool->x->strides[3], (T)-INFINITY);
    T *largest = ring->largest + place * ring->room, *taps = ring->taps + place * ring->room;
    for (ptrdiff_t j = 0; j < columns->out; j += VL) {
        const ptrdiff_t left = columns->out - j, n = left < VL ? left : VL;
        vec best = vec_set1((T)-INFINITY), at = vec_load(ring->first_taps + j);
        for (ptrdiff_t k = 0; k < columns->kernel; k++) {
            const T *p = ring->line + j * columns->stride + k * columns->dilation;
            const vec v = FN(load_every)(p, columns->stride, n);
            TAKE_LARGER(best, at, v, vec_set1((T)k));
        }
        vec_store(largest + j, best);
        vec_store(taps + j, at);
    }
    return place * ring->room;
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

/* One row of y and its taps. */
static void FN(max_pool_row)(const tgc_pool *pool, FN(max_ring) *ring, const T *x, ptrdiff_t row,
                             T *y, char *taps, int wide)
{
    const tgc_pool_axis *rows = &pool->rows;
    const T kernel = (T)pool->columns.kernel;
    const ptrdiff_t start = row * rows->stride - rows->padding;
    const ptrdiff_t first = tgc_pool_first_tap(rows, row);
    for (ptrdiff_t k = first; k < rows->kernel; k++) {
        const ptrdiff_t number = start + k * rows->dilation;
        if (number >= rows->size) {
            break;
        }
        FN(remember_row)(pool, ring, x + number * pool->x->strides[2], number);
    }
    for (ptrdiff_t j = 0; j < pool->columns.out; j += VL) {
        const ptrdiff_t left = pool->columns.out - j, n = left < VL ? left : VL;
        const ptrdiff_t place = ((start + first * rows->dilation) & (ring->n - 1)) * ring->room + j;
        vec best = vec_load(ring->largest + place);
        vec at = vec_load(ring->taps + place) + (T)first * kernel;
        for (ptrdiff_t k = first + 1; k < rows->kernel; k++) {
            const ptrdiff_t number = start + k * rows->dilation;
            if (number >= rows->size) {
                break;
            }
            const ptrdiff_t next = (number & (ring->n - 1)) * ring->room + j;
            const vec v = vec_load(ring->largest + next);
            TAKE_LARGER(best, at, v, vec_load(ring->taps + next) + (T)k * kernel);
        }
        vec_storen(y + j, best, n);
        FN(store_taps)(taps, at, j, n, wide);
    }
}

/* Operands: x, y, taps. */
static void FN(max_pool)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 1);
    const tgc_operand *taps = &call->operands[2];
    const ptrdiff_t size = call->sizes[TGC_POOL_CHUNK], begin = index * size;
    const ptrdiff_t end = tgc_min(begin + size, pool.planes * pool.rows.out);
    const int pairs = FN(is_pairs)(&pool), wide = taps->dtype == TGC_I32;
    FN(max_ring) ring = {0};
    if (!pairs) {
        ring = FN(new_ring)(&pool, call->sizes[TGC_POOL_RING]);
    }
    tgc_pool_rows r;
    for (ptrdiff_t i = begin; i < end; i += r.end - r.begin) {
        r = tgc_pool_find_rows(&pool, i, end);
        if (pairs) {
            FN(max_pool_pairs)(&pool, taps, r);
            continue;
        }
        const T *x = (const T *)(const void *)tgc_pool_plane(pool.x, r.plane);
        char *y_plane = tgc_pool_plane(pool.y, r.plane), *tap_plane = tgc_pool_plane(taps, r.plane);
        FN(forget_rows)(&ring);
        for (ptrdiff_t row = r.begin; row < r.end; row++) {
            FN(max_pool_row)(&pool, &ring, x, row, FN(y_row)(&pool, y_plane, row),
                             tgc_tap_row(taps, tap_plane, row), wide);
        }
    }
}

/* Operands: y, taps, x. */
static void FN(max_pool_backward)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_pool pool = tgc_pool_unpack(call, 2, 0);
    const ptrdiff_t size = call->sizes[TGC_POOL_CHUNK], begin = index * size;
    const ptrdiff_t end = tgc_min(begin + size, pool.planes);
    const int pairs = FN(is_pairs)(&pool) && pool.y->strides[3] == 1;
    const tgc_taps w = tgc_taps_begin(&pool, pool.columns.size, 1);
    for (ptrdiff_t plane = begin; plane < end; plane++) {
        if (pairs) {
            FN(spread_pairs)(&pool, &call->operands[1], plane);
        } else {
            FN(scatter_plane)(call, &pool, &w, plane);
        }
    }
}

static void FN(install_max_pool)(tgc_table table)
{
    table[TGC_max_pool][TGC_DTYPE] = (tgc_kernel){.name = "max_pool",
                                                  .plan = tgc_max_pool_plan,
                                                  .chunk = FN(max_pool),
                                                  .cost = 0.15};
    table[TGC_max_pool_gather][TGC_DTYPE] = (tgc_kernel){.name = "max_pool_gather",
                                                         .plan = tgc_max_pool_take_plan,
                                                         .chunk = FN(max_pool_gather),
                                                         .cost = 0.6};
    table[TGC_max_pool_backward][TGC_DTYPE] = (tgc_kernel){.name = "max_pool_backward",
                                                           .plan = tgc_max_pool_backward_plan,
                                                           .chunk = FN(max_pool_backward),
                                                           .cost = 0.25};
}
