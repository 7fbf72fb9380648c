#include "matmul.h"

#include <math.h>

/* Nanoseconds of work that a chunk is worth, and after which one more is: enough chunks for two
 * threads to finish together, and not more of them than that, as each packs its operands. */
static const double CHUNK_TIME = 8e3, LONG_CHUNK_TIME = 5e5;
static const double FEW_CHUNKS = 4, MANY_CHUNKS = 16;
/* Nanoseconds that a byte takes which comes from memory. */
static const double BYTE_TIME = 0.04;
/* Operands of so many products are packed once if that saves packing some elements more often. */
static const double PACKED_WORK = 1 << 24, PACKED_GAIN = 1.5, MOST_PACKED = 1 << 26;

static void swap(ptrdiff_t *a, ptrdiff_t *b)
{
    const ptrdiff_t t = *a;
    *a = *b;
    *b = t;
}

/* y = a b is also y' = b' a' with all matrices transposed. */
static void transpose(tgc_call *call)
{
    const tgc_operand a = call->operands[0];
    call->operands[0] = call->operands[1];
    call->operands[1] = a;
    for (int i = 0; i < call->n_operands; i++) {
        tgc_operand *o = &call->operands[i];
        swap(&o->shape[o->ndim - 2], &o->shape[o->ndim - 1]);
        swap(&o->strides[o->ndim - 2], &o->strides[o->ndim - 1]);
    }
}

/* Is the last leading dimension one that b ignores, while the rows of all others go on over it? */
static int foldable(const tgc_call *call)
{
    for (int i = 0; i < call->n_operands; i++) {
        const tgc_operand *o = &call->operands[i];
        const int d = o->ndim - 3;
        if (d < 0 || o->strides[d] != (i == 1 ? 0 : o->strides[d + 1] * o->shape[d + 1])) {
            return 0;
        }
    }
    return 1;
}

/* Joins the last leading dimension to the rows: one tall product in place of a batch. */
static void fold(tgc_call *call)
{
    for (int i = 0; i < call->n_operands; i++) {
        tgc_operand *o = &call->operands[i];
        const int d = o->ndim - 3;
        if (i != 1) {
            o->shape[d + 1] *= o->shape[d];
        }
        for (int s = d; s < d + 2; s++) {
            o->shape[s] = o->shape[s + 1];
            o->strides[s] = o->strides[s + 1];
        }
        o->ndim--;
    }
}

/* A problem as the choice of a method sees it: sizes, and which strides are 1. */
typedef struct {
    double m, n, k;
    int a_along_k, b_along_k, b_along_n, y_along_n;
} problem;

static problem describe(const tgc_call *call, int transposed)
{
    const tgc_operand *const a = &call->operands[transposed];
    const tgc_operand *const b = &call->operands[!transposed];
    const tgc_operand *const y = &call->operands[call->n_operands - 1];
    const tgc_operand *const bias = call->n_operands == 4 ? y - 1 : y;
    const int row = y->ndim - 2 + transposed, col = y->ndim - 1 - transposed;
    return (problem){.m = (double)y->shape[row],
                     .n = (double)y->shape[col],
                     .k = (double)a->shape[col],
                     .a_along_k = a->strides[col] == 1,
                     .b_along_k = b->strides[row] == 1,
                     .b_along_n = b->strides[col] == 1,
                     .y_along_n = y->strides[col] == 1 && bias->strides[col] == 1};
}

/*
 * Cycles that a method takes; the constants are measured. Tiles pay for lanes beyond n, for rows
 * too few to hide the latency of a multiply-add, for packing a b that is not contiguous along n,
 * and for updating a y that is not. Dot products pay for the sums over lanes and for copying an a
 * that is not contiguous along k, axpys for loading and storing y.
 */
static double method_time(problem p, tgc_matmul_method method, const tgc_matmul_limits *limits)
{
    const double width = (double)limits[TGC_MATMUL_TILES].tile_cols;
    if (fmax(p.m, 1) > (double)limits[method].max_rows && method != TGC_MATMUL_TILES) {
        return HUGE_VAL;
    }
    switch (method) {
    case TGC_MATMUL_DOTS:
        return p.b_along_k ? p.m * p.n * (p.k / width + 5) + (p.a_along_k ? 0 : p.m * p.k)
                           : HUGE_VAL;
    case TGC_MATMUL_AXPYS:
        return p.b_along_n && p.y_along_n && p.k > 0 ? 0.6 * p.m * ceil(2 * p.n / width) * p.k
                                                     : HUGE_VAL;
    default:
        return fmax(p.m, 4) * ceil(p.n / width) * p.k + (p.b_along_n ? 0 : 0.5 * p.k * p.n) +
               (p.y_along_n ? 0 : 3 * p.m * p.n * ceil(p.k / (double)limits->max_depth));
    }
}

/* The fastest method, for the problem or for its transpose; transposes the call accordingly. */
static tgc_matmul_method choose_method(tgc_call *call, const tgc_matmul_limits *limits)
{
    tgc_matmul_method best = TGC_MATMUL_TILES;
    double best_time = HUGE_VAL;
    int best_transposed = 0;
    for (int transposed = 0; transposed < 2; transposed++) {
        const problem p = describe(call, transposed);
        for (tgc_matmul_method method = 0; method < TGC_MATMUL_N_METHODS; method++) {
            const double time = method_time(p, method, limits);
            if (time < best_time) {
                best = method;
                best_time = time;
                best_transposed = transposed;
            }
        }
    }
    if (best_transposed) {
        transpose(call);
    }
    return best;
}

/* The elements that all chunks of one product together have to pack or read. */
static double traffic(const problem *p, const tgc_matmul_limits *limits, double down, double across)
{
    const int a_in_place = p->n <= (double)limits->in_place_cols * across;
    const int b_in_place = p->b_along_n && p->m <= (double)limits->in_place_rows * down;
    const double a = across * p->m * p->k, b = down * p->n * p->k;
    return (a_in_place ? 0.1 : 1) * a + (b_in_place ? 0.1 : p->b_along_n ? 1 : 2) * b;
}

/* Halves the rows or the columns of a chunk, whichever costs less, until it does no more than
 * `work` products. */
static void cut(const problem *p, ptrdiff_t *sizes, const tgc_matmul_limits *limits, double work)
{
    const ptrdiff_t m = sizes[TGC_MATMUL_M], n = sizes[TGC_MATMUL_N], k = sizes[TGC_MATMUL_K];
    const ptrdiff_t most = tgc_max(limits->max_elements / sizes[TGC_MATMUL_DEPTH], 1);
    const ptrdiff_t tiles_down = tgc_ceil_div(m, limits->tile_rows);
    const ptrdiff_t tiles_across = tgc_ceil_div(n, limits->tile_cols);
    ptrdiff_t down = tgc_ceil_div(m, tgc_min(limits->max_rows, most));
    ptrdiff_t across = tgc_ceil_div(n, limits->max_cols);
    while ((double)tgc_ceil_div(m, down) * (double)tgc_ceil_div(n, across) * (double)k > work) {
        const int divisible_down = 2 * down <= tiles_down;
        const int divisible_across = 2 * across <= tiles_across;
        if (!divisible_down && !divisible_across) {
            break;
        }
        const double cut_down = traffic(p, limits, 2.0 * (double)down, (double)across);
        const double cut_across = traffic(p, limits, (double)down, 2.0 * (double)across);
        if (divisible_across && (!divisible_down || cut_across <= cut_down)) {
            across *= 2;
        } else {
            down *= 2;
        }
    }
    sizes[TGC_MATMUL_DOWN] = down;
    sizes[TGC_MATMUL_ACROSS] = across;
}

/* Nanoseconds of one product: of its arithmetic, or of reading and writing its operands. */
static double time_of(const problem *p, const tgc_call *call)
{
    const size_t bytes = tgc_item_size(call->operands[0].dtype);
    const double elements = p->m * p->k + p->k * p->n + p->m * p->n;
    return fmax(p->m * p->n * p->k * call->kernel->cost, elements * (double)bytes * BYTE_TIME);
}

/* The elements of a and b, b's columns in whole vectors, if packing all of them once is less work
 * than packing them chunk by chunk; else 0. */
static ptrdiff_t packed_elements(const problem *p, const tgc_call *call,
                                 const tgc_matmul_limits *limits)
{
    const ptrdiff_t *const s = call->sizes;
    const double elements = p->m * p->k + p->n * p->k;
    if (s[TGC_MATMUL_METHOD] != TGC_MATMUL_TILES || s[TGC_MATMUL_BATCH] != 1 ||
        p->m * p->n * p->k < PACKED_WORK || elements > MOST_PACKED ||
        traffic(p, limits, (double)s[TGC_MATMUL_DOWN], (double)s[TGC_MATMUL_ACROSS]) <
            PACKED_GAIN * elements) {
        return 0;
    }
    return s[TGC_MATMUL_K] * (s[TGC_MATMUL_M] + tgc_ceil_div(s[TGC_MATMUL_N], limits->tile_cols) *
                                                    limits->tile_cols);
}

void tgc_matmul_plan(tgc_call *call, const tgc_matmul_limits *limits)
{
    const tgc_operand *const y = &call->operands[call->n_operands - 1];
    ptrdiff_t *const sizes = call->sizes;
    while (foldable(call)) {
        fold(call);
    }
    const tgc_matmul_method method = choose_method(call, limits);
    limits += method;
    const problem p = describe(call, 0);
    ptrdiff_t batch = 1;
    for (int d = 0; d < y->ndim - 2; d++) {
        batch *= y->shape[d];
    }
    sizes[TGC_MATMUL_M] = y->shape[y->ndim - 2];
    sizes[TGC_MATMUL_N] = y->shape[y->ndim - 1];
    sizes[TGC_MATMUL_K] = call->operands[0].shape[y->ndim - 1];
    sizes[TGC_MATMUL_BATCH] = batch;
    sizes[TGC_MATMUL_TILE_ROWS] = limits->tile_rows;
    sizes[TGC_MATMUL_TILE_COLS] = limits->tile_cols;
    sizes[TGC_MATMUL_METHOD] = method;
    sizes[TGC_MATMUL_PACKED] = 0;
    sizes[TGC_MATMUL_DEPTH] = 1;
    if (p.k > 0) {
        const ptrdiff_t k = sizes[TGC_MATMUL_K];
        sizes[TGC_MATMUL_DEPTH] = tgc_ceil_div(k, tgc_ceil_div(k, limits->max_depth));
    }
    call->n_chunks = 0;
    const double time = time_of(&p, call);
    call->work = time * (double)batch;
    if (p.m > 0 && p.n > 0 && batch > 0) {
        const double few = fmin(call->work / CHUNK_TIME, FEW_CHUNKS);
        const double many = fmin(call->work / LONG_CHUNK_TIME, MANY_CHUNKS);
        const double chunk_time = call->work / fmax(fmax(few, many), 1);
        cut(&p, sizes, limits, p.m * p.n * p.k * (chunk_time / time));
        sizes[TGC_MATMUL_GROUP] = (ptrdiff_t)fmax(1, fmin(chunk_time / time, (double)batch));
        sizes[TGC_MATMUL_PACKED] = packed_elements(&p, call, limits);
        call->n_chunks = tgc_ceil_div(batch, sizes[TGC_MATMUL_GROUP]) * sizes[TGC_MATMUL_DOWN] *
                         sizes[TGC_MATMUL_ACROSS];
    }
}

tgc_matmul_view tgc_matmul_view_of(const tgc_operand *o, ptrdiff_t batch, ptrdiff_t row,
                                   ptrdiff_t col)
{
    const ptrdiff_t *const strides = o->strides + o->ndim - 2;
    ptrdiff_t offset = row * strides[0] + col * strides[1];
    for (int d = o->ndim - 3; d >= 0; d--) {
        offset += batch % o->shape[d] * o->strides[d];
        batch /= o->shape[d];
    }
    return (tgc_matmul_view){o->data + offset * (ptrdiff_t)tgc_item_size(o->dtype), strides[0],
                             strides[1]};
}

tgc_matmul_area tgc_matmul_area_of(const tgc_call *call, ptrdiff_t index)
{
    const ptrdiff_t *const s = call->sizes;
    const ptrdiff_t m = s[TGC_MATMUL_M], n = s[TGC_MATMUL_N];
    const ptrdiff_t tiles_down = tgc_ceil_div(m, s[TGC_MATMUL_TILE_ROWS]);
    const ptrdiff_t tiles_across = tgc_ceil_div(n, s[TGC_MATMUL_TILE_COLS]);
    const ptrdiff_t across = index % s[TGC_MATMUL_ACROSS];
    const ptrdiff_t down = index / s[TGC_MATMUL_ACROSS] % s[TGC_MATMUL_DOWN];
    const ptrdiff_t first = tgc_deal(tiles_down, s[TGC_MATMUL_DOWN], down);
    const ptrdiff_t end = tgc_deal(tiles_down, s[TGC_MATMUL_DOWN], down + 1);
    const ptrdiff_t left = tgc_deal(tiles_across, s[TGC_MATMUL_ACROSS], across);
    const ptrdiff_t right = tgc_deal(tiles_across, s[TGC_MATMUL_ACROSS], across + 1);
    tgc_matmul_area area = {.row = tgc_deal(m, tiles_down, first),
                            .tiles = end - first,
                            .col = left * s[TGC_MATMUL_TILE_COLS]};
    area.rows = tgc_deal(m, tiles_down, end) - area.row;
    area.cols = tgc_min(right * s[TGC_MATMUL_TILE_COLS], n) - area.col;
    return area;
}

void tgc_matmul_chunk(const tgc_call *call, ptrdiff_t index)
{
    tgc_matmul_loop *const loop = (tgc_matmul_loop *)call->kernel->loop;
    const tgc_operand *const operands = call->operands;
    const ptrdiff_t *const sizes = call->sizes;
    const tgc_matmul_area area = tgc_matmul_area_of(call, index);
    const ptrdiff_t first = index / sizes[TGC_MATMUL_ACROSS] / sizes[TGC_MATMUL_DOWN] *
                            sizes[TGC_MATMUL_GROUP];
    const ptrdiff_t end = tgc_min(first + sizes[TGC_MATMUL_GROUP], sizes[TGC_MATMUL_BATCH]);
    tgc_matmul_block block = {.method = (tgc_matmul_method)sizes[TGC_MATMUL_METHOD],
                              .rows = area.rows,
                              .tiles = area.tiles,
                              .cols = area.cols,
                              .k = sizes[TGC_MATMUL_K],
                              .depth = sizes[TGC_MATMUL_DEPTH]};
    for (ptrdiff_t batch = first; batch < end; batch++) {
        block.a = tgc_matmul_view_of(&operands[0], batch, area.row, 0);
        block.b = tgc_matmul_view_of(&operands[1], batch, 0, area.col);
        block.y = tgc_matmul_view_of(&operands[call->n_operands - 1], batch, area.row, area.col);
        if (call->n_operands == 4) {
            block.start = tgc_matmul_view_of(&operands[2], batch, area.row, area.col);
        }
        loop(&block);
    }
}
