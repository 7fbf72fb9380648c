/* The plans of pooling, and the arithmetic of windows that plans and kernels share: sizes alone,
 * compiled once. */
#include "pool.h"

enum {
    CHUNK = 16384, /* elements of x in a chunk, about */
    BLOCK = 3072   /* elements of the lines that a chunk works on at a time, about */
};

static tgc_pool_axis unpack_axis(const tgc_call *call, int first, ptrdiff_t size, ptrdiff_t out)
{
    const ptrdiff_t *sizes = call->sizes + first;
    return (tgc_pool_axis){.size = size,
                           .out = out,
                           .kernel = sizes[0],
                           .stride = sizes[1],
                           .padding = sizes[2],
                           .dilation = sizes[3]};
}

tgc_pool tgc_pool_unpack(const tgc_call *call, int x, int y)
{
    const tgc_operand *a = &call->operands[x], *b = &call->operands[y];
    const ptrdiff_t mode = call->sizes[TGC_POOL_MODE];
    return (tgc_pool){
        .x = a,
        .y = b,
        .rows = unpack_axis(call, TGC_POOL_ROWS, a->shape[2], b->shape[2]),
        .columns = unpack_axis(call, TGC_POOL_COLUMNS, a->shape[3], b->shape[3]),
        .adaptive = (mode & TGC_POOL_ADAPTIVE) != 0,
        .count_padding = (mode & TGC_POOL_COUNT_PADDING) != 0,
        .divisor = call->n_scalars > 0 ? tgc_scalar_value(&call->scalars[0]) : 0,
        .planes = a->shape[0] * a->shape[1]};
}

tgc_span tgc_pool_span(const tgc_pool *pool, const tgc_pool_axis *axis, ptrdiff_t o)
{
    if (pool->adaptive) {
        return (tgc_span){tgc_div(o * axis->size, axis->out),
                          tgc_ceil_div((o + 1) * axis->size, axis->out)};
    }
    const ptrdiff_t start = o * axis->stride - axis->padding;
    return (tgc_span){start > 0 ? start : 0, tgc_min(start + axis->kernel, axis->size)};
}

ptrdiff_t tgc_pool_count(const tgc_pool *pool, const tgc_pool_axis *axis, ptrdiff_t o)
{
    if (pool->count_padding) {
        const ptrdiff_t start = o * axis->stride - axis->padding;
        return tgc_min(start + axis->kernel, axis->size + axis->padding) - start;
    }
    const tgc_span span = tgc_pool_span(pool, axis, o);
    return span.end - span.begin;
}

/* Cuts n units, rows or planes, which stand for `elements` elements, into chunks. */
static void cut(tgc_call *call, ptrdiff_t n, ptrdiff_t elements, double work)
{
    const ptrdiff_t chunk = elements > 0 ? n * CHUNK / elements : 1;
    call->sizes[TGC_POOL_CHUNK] = tgc_even_chunk(n, chunk);
    call->n_chunks = n > 0 && elements > 0 ? tgc_ceil_div(n, call->sizes[TGC_POOL_CHUNK]) : 0;
    call->work = work;
}

static ptrdiff_t plane_size(const tgc_operand *o)
{
    return o->shape[2] * o->shape[3];
}

static void cut_rows(tgc_call *call, const tgc_pool *pool, double work_of_row)
{
    const ptrdiff_t rows = pool->planes * pool->rows.out;
    cut(call, pool->columns.out > 0 ? rows : 0, pool->planes * plane_size(pool->x),
        work_of_row * (double)rows);
}

static void cut_planes(tgc_call *call, const tgc_pool *pool)
{
    const ptrdiff_t elements = pool->planes * plane_size(pool->x);
    cut(call, pool->planes, elements + pool->planes * plane_size(pool->y),
        (double)elements * call->kernel->cost);
}

static size_t item_size(const tgc_pool *pool)
{
    return tgc_item_size(pool->y->dtype);
}

/* The number of lines of `room` elements that the first-level cache holds together with others. */
static ptrdiff_t cached_lines(ptrdiff_t room)
{
    return tgc_clamp(BLOCK / room, 1, BLOCK);
}

void tgc_max_pool_plan(tgc_call *call)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 1);
    const tgc_pool_axis *rows = &pool.rows, *columns = &pool.columns;
    const ptrdiff_t span = tgc_pool_reach(rows);
    const ptrdiff_t line = tgc_pool_room(tgc_pool_line(columns, tgc_pool_taps(columns)));
    const ptrdiff_t room = tgc_pool_room(columns->out);
    const ptrdiff_t cached = cached_lines(line);
    const ptrdiff_t block = tgc_min(cached > span ? cached : span, rows->size);
    const double elements = (double)tgc_min(rows->stride, span) * (double)columns->size;
    const double taps = (double)(rows->kernel + columns->kernel) * (double)columns->out;
    cut_rows(call, &pool, call->kernel->cost * (elements + taps));
    call->sizes[TGC_POOL_BLOCK] = block;
    call->workspace = (size_t)(room + block * (line + 2 * room)) * item_size(&pool);
}

void tgc_max_pool_take_plan(tgc_call *call)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 2);
    cut_rows(call, &pool, call->kernel->cost * (double)pool.columns.out);
    call->workspace = TGC_POOL_BYTE_TAPS * sizeof(ptrdiff_t);
}

void tgc_max_pool_backward_plan(tgc_call *call)
{
    const tgc_pool pool = tgc_pool_unpack(call, 2, 0);
    cut_planes(call, &pool);
    call->workspace = TGC_POOL_BYTE_TAPS * sizeof(ptrdiff_t);
}

ptrdiff_t tgc_avg_pool_spans(const tgc_pool *pool)
{
    enum { ALIGNMENT = 64 };
    const ptrdiff_t n = pool->columns.out + pool->rows.out;
    return tgc_ceil_div(n * (ptrdiff_t)sizeof(tgc_span), ALIGNMENT) * ALIGNMENT;
}

ptrdiff_t tgc_avg_pool_line(const tgc_pool *pool)
{
    const tgc_pool_axis *columns = &pool->columns;
    const ptrdiff_t padded = columns->padding + columns->size;
    const ptrdiff_t line = pool->adaptive ? 0 : tgc_pool_line(columns, columns->kernel);
    return tgc_pool_room(line > padded ? line : padded);
}

ptrdiff_t tgc_avg_pool_quotients(const tgc_pool *pool)
{
    return tgc_pool_room(tgc_avg_pool_line(pool) + 2 * pool->columns.kernel);
}

/* The workspace of averages: spans, the counts of all columns' windows, and for each of some rows a
 * line of sums and, in backward, a line of quotients. */
static void plan_avg_lines(tgc_call *call, const tgc_pool *pool, int backward)
{
    const ptrdiff_t line = tgc_avg_pool_line(pool), block = cached_lines(line);
    const ptrdiff_t quotients = backward ? tgc_avg_pool_quotients(pool) : 0;
    const ptrdiff_t n = tgc_pool_room(pool->columns.out) + block * (line + quotients);
    call->sizes[TGC_POOL_BLOCK] = block;
    call->workspace = (size_t)tgc_avg_pool_spans(pool) + (size_t)n * item_size(pool);
}

void tgc_avg_pool_plan(tgc_call *call)
{
    const tgc_pool pool = tgc_pool_unpack(call, 0, 1);
    const double elements = (double)pool.planes * (double)plane_size(pool.x);
    const double outputs = (double)pool.planes * (double)plane_size(pool.y);
    const double rows = (double)pool.planes * (double)pool.rows.out;
    const double taps = pool.adaptive ? 1 : (double)pool.columns.kernel;
    const double work = call->kernel->cost * (elements + outputs * taps);
    cut_rows(call, &pool, rows > 0 ? work / rows : 0);
    plan_avg_lines(call, &pool, 0);
}

void tgc_avg_pool_backward_plan(tgc_call *call)
{
    const tgc_pool pool = tgc_pool_unpack(call, 1, 0);
    cut_planes(call, &pool);
    plan_avg_lines(call, &pool, 1);
}
