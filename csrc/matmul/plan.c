/* The plan of a product: which method, in which order of the operands, in which chunks. */
#include <math.h>

#include "matmul.h"

/* Nanoseconds of work for each chunk, up to FEW_CHUNKS of them. */
static const double CHUNK_TIME = 8e3;
/* With this many chunks two threads finish at about the same time. More would cost more, because
 * every chunk packs its own operands. */
static const double FEW_CHUNKS = 4;
/* Nanoseconds of work for each chunk, where that makes more than FEW_CHUNKS: beside so much work,
 * packing again costs little. */
static const double LONG_CHUNK_TIME = 1e6;
/* The most chunks that are asked for, however long the work is. */
static const double MANY_CHUNKS = 16;
/* So many chunks are made of operands that are packed once: they pack nothing, and cores that are
 * not equally fast wait less for the last one. */
static const double PACKED_CHUNKS = 24;
/* Nanoseconds in which memory reads or writes a byte. */
static const double BYTE_TIME = 0.04;
/* All of a and b is packed once if packing it chunk by chunk would be this many times the work. */
static const double PACKED_GAIN = 1.5;
/* The most elements of a and b that are packed once: they take memory of their own. */
static const double MOST_PACKED = 1 << 26;

/* fmax and fmin are calls of the library, as ceil is without SSE 4.1: a good part of a small
 * plan. */
static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* The number of blocks of `width` that hold n. */
static double blocks(double n, ptrdiff_t width)
{
    return (double)tgc_ceil_div((ptrdiff_t)n, width);
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

/* What the choice of a method depends on: sizes, operands, and which strides are 1. */
typedef struct {
    double m, n, k;
    tgc_matmul_view a, b;
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
                     .a = {a->data, a->strides[row], a->strides[col]},
                     .b = {b->data, b->strides[row], b->strides[col]},
                     .a_along_k = a->strides[col] == 1,
                     .b_along_k = b->strides[row] == 1,
                     .b_along_n = b->strides[col] == 1,
                     .y_along_n = y->strides[col] == 1 && bias->strides[col] == 1};
}

/* The number of panels of b. A last panel of at most half the width is one vector wide, not two: it
 * counts as 0.55, because it costs little more than half as much. */
static double panels(double n, ptrdiff_t width)
{
    const double all = blocks(n, width);
    return (all - 0.5) * (double)width >= n ? all - 0.45 : all;
}

/*
 * Cycles that a method takes; the constants are measured. Tiles pay for lanes beyond n, for rows
 * too few to hide the latency of a multiply-add, for packing a b that is not contiguous along n,
 * and for updating a y that is not. Dot products pay for the sums over lanes and for copying an a
 * that is not contiguous along k, axpys for loading and storing y.
 */
static double method_time(const problem *p, tgc_matmul_method method,
                          const tgc_matmul_limits *limits)
{
    const tgc_matmul_limits *const tiles = &limits[TGC_MATMUL_TILES];
    const double products = p->m * p->n * p->k;
    if (larger(p->m, 1) > (double)limits[method].max_rows) {
        return HUGE_VAL;
    }
    switch (method) {
    case TGC_MATMUL_NAIVE:
        return products * (p->b_along_n && p->y_along_n ? 1 : 4);
    case TGC_MATMUL_DOTS:
        return p->b_along_k ? products / (double)tiles->tile_cols + 5 * p->m * p->n +
                                  (p->a_along_k ? 0 : p->m * p->k)
                            : HUGE_VAL;
    case TGC_MATMUL_AXPYS:
        return p->b_along_n && p->y_along_n && p->k > 0
                   ? 0.6 * p->m * blocks(2 * p->n, tiles->tile_cols) * p->k
                   : HUGE_VAL;
    default:
        return larger(p->m, 4) * panels(p->n, tiles->tile_cols) * p->k +
               (p->b_along_n ? 0 : 0.5 * p->k * p->n) +
               (p->y_along_n ? 0 : 3 * p->m * p->n * blocks(p->k, tiles->max_depth));
    }
}

/* The fastest method, or the one that is wanted, for the problem or for its transpose; transposes
 * the call accordingly. */
static tgc_matmul_method choose_method(tgc_call *call, const tgc_matmul_limits *limits)
{
    const ptrdiff_t asked = call->sizes[TGC_MATMUL_WANTED];
    const ptrdiff_t wanted = asked == TGC_MATMUL_PACKED ? TGC_MATMUL_TILES : asked;
    const tgc_matmul_method general =
        limits[TGC_MATMUL_TILES].max_rows > 0 ? TGC_MATMUL_TILES : TGC_MATMUL_NAIVE;
    tgc_matmul_method best = general;
    double best_time = HUGE_VAL;
    int best_transposed = 0;
    for (int transposed = 0; transposed < 2; transposed++) {
        const problem p = describe(call, transposed);
        for (tgc_matmul_method method = TGC_MATMUL_NAIVE; method < TGC_MATMUL_N_METHODS; method++) {
            const int is_candidate = wanted != TGC_MATMUL_AUTO  ? method == wanted
                                     : method == TGC_MATMUL_NAIVE ? general == TGC_MATMUL_NAIVE
                                                                  : 1;
            const double time = is_candidate ? method_time(&p, method, limits) : HUGE_VAL;
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

/* The elements that all chunks of one product together have to pack or read, weighed by the time
 * they take: packing rows is 1. A tile whose a is in columns packs b on its way. */
static double traffic(const problem *p, const ptrdiff_t *sizes, const tgc_matmul_limits *limits,
                      double down, double across)
{
    const double a = across * p->m * p->k, b = down * p->n * p->k;
    if (sizes[TGC_MATMUL_METHOD] == TGC_MATMUL_PACKED) {
        return a + b;
    }
    if (!limits->item_size) {
        return a + (p->b_along_n ? 1 : 2) * b;
    }
    const ptrdiff_t in_place_cols =
        tgc_matmul_in_place_cols(limits, &p->a, sizes[TGC_MATMUL_DEPTH]);
    const int a_in_place = p->n <= (double)in_place_cols * across;
    const int a_in_columns = !a_in_place || p->a.row == 1;
    const ptrdiff_t in_place_rows =
        tgc_matmul_in_place_rows(limits, &p->b, (ptrdiff_t)p->k, a_in_columns);
    const int b_in_place = p->m <= (double)in_place_rows * down;
    return (a_in_place ? 0.1 : 1) * a +
           (b_in_place ? 0.1 : !p->b_along_n ? 2 : a_in_columns ? 0.5 : 1) * b;
}

/* The least number of blocks of at most `most` tiles, but an even one, so that two threads get
 * equally many. */
static double even_blocks(double tiles, ptrdiff_t most)
{
    const double n = blocks(tiles, tgc_max(most, 1));
    return n > 1 && n < tiles ? 2 * blocks(n, 2) : n;
}

/* Halves the rows or the columns of a chunk, whichever costs less, until it does no more than
 * `work` products. */
static void cut(const problem *p, ptrdiff_t *sizes, const tgc_matmul_limits *limits, double work)
{
    const ptrdiff_t max_rows =
        tgc_min(limits->max_rows, limits->max_elements / sizes[TGC_MATMUL_DEPTH]);
    /* Chunks get whole tiles, so the limits are counted in tiles. */
    const double tiles_down = blocks(p->m, limits->tile_rows);
    const double tiles_across = blocks(p->n, limits->tile_cols);
    double down = even_blocks(tiles_down, max_rows / limits->tile_rows);
    double across = even_blocks(tiles_across, limits->max_cols / limits->tile_cols);
    while (p->m * p->n * p->k > work * down * across) {
        const int divisible_down = 2 * down <= tiles_down;
        const int divisible_across = 2 * across <= tiles_across;
        if (!divisible_down && !divisible_across) {
            break;
        }
        const double cut_down = traffic(p, sizes, limits, 2 * down, across);
        const double cut_across = traffic(p, sizes, limits, down, 2 * across);
        if (divisible_across && (!divisible_down || cut_across <= cut_down)) {
            across *= 2;
        } else {
            down *= 2;
        }
    }
    sizes[TGC_MATMUL_DOWN] = (ptrdiff_t)down;
    sizes[TGC_MATMUL_ACROSS] = (ptrdiff_t)across;
}

/* Nanoseconds of one product: those of its method, or those of reading and writing its operands if
 * they are more. */
static double time_of(const problem *p, const tgc_call *call, const tgc_matmul_limits *limits)
{
    const size_t bytes = tgc_item_size(call->operands[0].dtype);
    const double elements = p->m * p->k + p->k * p->n + p->m * p->n;
    const tgc_matmul_method method = (tgc_matmul_method)call->sizes[TGC_MATMUL_METHOD];
    return larger(method_time(p, method, limits) * call->kernel->cost,
                  elements * (double)bytes * BYTE_TIME);
}

/* The elements that are packed once, with b's columns rounded up to whole tiles. */
static double elements_of(const problem *p, const tgc_matmul_limits *limits, int packs_a)
{
    return p->k * ((packs_a ? p->m : 0) +
                   blocks(p->n, limits->tile_cols) * (double)limits->tile_cols);
}

/* Is packing all of a and b once less work than packing them chunk by chunk? */
static int is_packed_once(const problem *p, const ptrdiff_t *sizes, const tgc_matmul_limits *limits)
{
    if (sizes[TGC_MATMUL_METHOD] != TGC_MATMUL_TILES || sizes[TGC_MATMUL_BATCH] != 1 ||
        p->k == 0 || elements_of(p, limits, 1) > MOST_PACKED) {
        return 0;
    }
    return sizes[TGC_MATMUL_WANTED] == TGC_MATMUL_PACKED ||
           (sizes[TGC_MATMUL_WANTED] == TGC_MATMUL_AUTO &&
            p->m * p->n * p->k >= TGC_MATMUL_PACKED_WORK &&
            traffic(p, sizes, limits, (double)sizes[TGC_MATMUL_DOWN],
                    (double)sizes[TGC_MATMUL_ACROSS]) >=
                PACKED_GAIN * (p->m + p->n) * p->k);
}

/* The terms of a block of the sum: at most `most`, in blocks as even as they can be. */
static ptrdiff_t even_depth(ptrdiff_t k, ptrdiff_t most)
{
    return k > most ? tgc_ceil_div(k, tgc_ceil_div(k, most)) : tgc_max(k, 1);
}

/* For a call of at least one element of y, whose method and problem are known. */
static void plan_chunks(tgc_call *call, const problem *p, const tgc_matmul_limits *limits)
{
    ptrdiff_t *const sizes = call->sizes;
    const double batch = (double)sizes[TGC_MATMUL_BATCH];
    const tgc_matmul_limits *const own = &limits[sizes[TGC_MATMUL_METHOD]];
    call->work = time_of(p, call, limits) * batch;
    const double most = call->work > TGC_PARALLEL_WORK ? call->work / CHUNK_TIME : 1;
    const double n_chunks = larger(smaller(most, FEW_CHUNKS),
                                   smaller(call->work / LONG_CHUNK_TIME, MANY_CHUNKS));
    /* The products of one chunk, or the share of one product that a chunk does. Whole products can
     * be dealt out to more chunks: none packs what another one packs. */
    const double group = batch > n_chunks
                             ? blocks(batch, (ptrdiff_t)larger(smaller(most, MANY_CHUNKS), 1))
                             : batch / larger(n_chunks, 1);
    const double products = p->m * p->n * p->k;
    cut(p, sizes, own, products * group);
    sizes[TGC_MATMUL_GROUP] = tgc_max((ptrdiff_t)group, 1);
    if (is_packed_once(p, sizes, own)) {
        sizes[TGC_MATMUL_METHOD] = TGC_MATMUL_PACKED;
        cut(p, sizes, own, products / PACKED_CHUNKS);
        sizes[TGC_MATMUL_PACKS_A] =
            tgc_matmul_packs_a(own, &p->a, (ptrdiff_t)p->k, (ptrdiff_t)p->n);
        sizes[TGC_MATMUL_ELEMENTS] =
            (ptrdiff_t)elements_of(p, own, (int)sizes[TGC_MATMUL_PACKS_A]);
    }
    call->n_chunks = tgc_ceil_div(sizes[TGC_MATMUL_BATCH], sizes[TGC_MATMUL_GROUP]) *
                     sizes[TGC_MATMUL_DOWN] * sizes[TGC_MATMUL_ACROSS];
}

void tgc_matmul_plan(tgc_call *call, const tgc_matmul_limits *limits)
{
    const tgc_operand *const y = &call->operands[call->n_operands - 1];
    ptrdiff_t *const sizes = call->sizes;
    while (foldable(call)) {
        fold(call);
    }
    const tgc_matmul_method method = choose_method(call, limits);
    const tgc_matmul_limits *const own = &limits[method];
    const problem p = describe(call, 0);
    const ptrdiff_t k = call->operands[0].shape[y->ndim - 1];
    sizes[TGC_MATMUL_METHOD] = method;
    sizes[TGC_MATMUL_M] = y->shape[y->ndim - 2];
    sizes[TGC_MATMUL_N] = y->shape[y->ndim - 1];
    sizes[TGC_MATMUL_K] = k;
    sizes[TGC_MATMUL_BATCH] = tgc_product(y->shape, 0, y->ndim - 2);
    sizes[TGC_MATMUL_TILE_ROWS] = own->tile_rows;
    sizes[TGC_MATMUL_TILE_COLS] = own->tile_cols;
    const int is_short = own->few_rows > 0 && p.m <= (double)own->few_rows &&
                         p.n * p.k * (double)own->item_size > TGC_MATMUL_IN_PLACE_BYTES;
    sizes[TGC_MATMUL_DEPTH] = even_depth(k, is_short ? own->short_depth : own->max_depth);
    call->n_chunks = 0;
    if (p.m > 0 && p.n > 0 && sizes[TGC_MATMUL_BATCH] > 0) {
        plan_chunks(call, &p, limits);
    }
}
