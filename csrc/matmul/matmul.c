#include "matmul.h"

#include <math.h>

/* A chunk of this many multiply-adds is not worth cutting; a larger call gets about this many
 * chunks, enough for two threads to finish together. */
static const double CHUNK_WORK = 1 << 20;
static const double CHUNKS = 4;

static ptrdiff_t min(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static ptrdiff_t ceil_div(ptrdiff_t a, ptrdiff_t b)
{
    return a / b + (a % b != 0);
}

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

/* Halves the longer side of the chunk, in whole tiles, while it holds more than `work`. */
static void cut(ptrdiff_t *sizes, const tgc_matmul_limits *limits, double work)
{
    const ptrdiff_t m = sizes[TGC_MATMUL_M], n = sizes[TGC_MATMUL_N];
    ptrdiff_t parts_m = ceil_div(m, limits->max_rows), parts_n = ceil_div(n, limits->max_cols);
    for (;;) {
        const ptrdiff_t tiles_m = ceil_div(ceil_div(m, parts_m), limits->tile_rows);
        const ptrdiff_t tiles_n = ceil_div(ceil_div(n, parts_n), limits->tile_cols);
        const ptrdiff_t rows = min(tiles_m * limits->tile_rows, m);
        const ptrdiff_t cols = min(tiles_n * limits->tile_cols, n);
        sizes[TGC_MATMUL_ROWS] = rows;
        sizes[TGC_MATMUL_COLS] = cols;
        if ((double)rows * (double)cols * (double)sizes[TGC_MATMUL_K] <= work) {
            return;
        }
        if (tiles_n > 1 && (cols >= rows || tiles_m == 1)) {
            parts_n *= 2;
        } else if (tiles_m > 1) {
            parts_m *= 2;
        } else {
            return;
        }
    }
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
    const ptrdiff_t m = y->shape[y->ndim - 2], n = y->shape[y->ndim - 1];
    const ptrdiff_t k = call->operands[0].shape[y->ndim - 1];
    ptrdiff_t batch = 1;
    for (int d = 0; d < y->ndim - 2; d++) {
        batch *= y->shape[d];
    }
    const double one = (double)m * (double)n * (double)k, all = one * (double)batch;
    const double work = fmax(all / CHUNKS, CHUNK_WORK);
    sizes[TGC_MATMUL_M] = m;
    sizes[TGC_MATMUL_N] = n;
    sizes[TGC_MATMUL_K] = k;
    sizes[TGC_MATMUL_BATCH] = batch;
    sizes[TGC_MATMUL_GROUP] = one < work / 2 ? (ptrdiff_t)(work / (one + 1)) : 1;
    sizes[TGC_MATMUL_DEPTH] = k ? ceil_div(k, ceil_div(k, limits->max_depth)) : 1;
    sizes[TGC_MATMUL_METHOD] = method;
    call->n_chunks = 0;
    call->work = all * call->kernel->cost;
    if (m > 0 && n > 0 && batch > 0) {
        cut(sizes, limits, work);
        call->n_chunks = ceil_div(batch, sizes[TGC_MATMUL_GROUP]) *
                         ceil_div(m, sizes[TGC_MATMUL_ROWS]) *
                         ceil_div(n, sizes[TGC_MATMUL_COLS]);
    }
}

/* Product number `batch` of an operand, from element (row, col) on. */
static tgc_matmul_view view(const tgc_operand *o, ptrdiff_t batch, ptrdiff_t row, ptrdiff_t col)
{
    const ptrdiff_t *const strides = o->strides + o->ndim - 2;
    ptrdiff_t offset = row * strides[0] + col * strides[1];
    for (int d = o->ndim - 3; d >= 0; d--) {
        offset += batch % o->shape[d] * o->strides[d];
        batch /= o->shape[d];
    }
    return (tgc_matmul_view){o->data + offset * (ptrdiff_t)tgc_item_size(o->dtype), strides[0], strides[1]};
}

void tgc_matmul_chunk(const tgc_call *call, ptrdiff_t index)
{
    tgc_matmul_loop *const loop = (tgc_matmul_loop *)call->kernel->loop;
    const tgc_operand *const operands = call->operands;
    const ptrdiff_t *const sizes = call->sizes;
    const ptrdiff_t across = ceil_div(sizes[TGC_MATMUL_N], sizes[TGC_MATMUL_COLS]);
    const ptrdiff_t down = ceil_div(sizes[TGC_MATMUL_M], sizes[TGC_MATMUL_ROWS]);
    const ptrdiff_t col = index % across * sizes[TGC_MATMUL_COLS];
    const ptrdiff_t row = index / across % down * sizes[TGC_MATMUL_ROWS];
    const ptrdiff_t first = index / across / down * sizes[TGC_MATMUL_GROUP];
    const ptrdiff_t end = min(first + sizes[TGC_MATMUL_GROUP], sizes[TGC_MATMUL_BATCH]);
    tgc_matmul_block block = {.method = (tgc_matmul_method)sizes[TGC_MATMUL_METHOD],
                              .rows = min(sizes[TGC_MATMUL_ROWS], sizes[TGC_MATMUL_M] - row),
                              .cols = min(sizes[TGC_MATMUL_COLS], sizes[TGC_MATMUL_N] - col),
                              .k = sizes[TGC_MATMUL_K],
                              .depth = sizes[TGC_MATMUL_DEPTH]};
    for (ptrdiff_t batch = first; batch < end; batch++) {
        block.a = view(&operands[0], batch, row, 0);
        block.b = view(&operands[1], batch, 0, col);
        block.y = view(&operands[call->n_operands - 1], batch, row, col);
        if (call->n_operands == 4) {
            block.start = view(&operands[2], batch, row, col);
        }
        loop(&block);
    }
}
