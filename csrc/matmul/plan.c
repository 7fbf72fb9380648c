/* The plan of a product: which method, in which order of the operands, in which chunks. */
#include <math.h>

#include "matmul.h"

/* Nanoseconds of work for each chunk, up to FEW_CHUNKS of them. */
static const double CHUNK_TIME = 8e3;
/* So many chunks are made of all work that is not short. More of them are made where they cost less
 * than they save. */
static const double FEW_CHUNKS = 4;
/* The most chunks that whole products of a batch are grouped into. */
static const double MANY_CHUNKS = 16;
/* The part of a chunk for which threads wait at the end: cores are seldom equally fast. */
static const double WAIT = 0.25;
/* Cycles of packing an element. */
static const double PACK_TIME = 1.5;
/* Reading an element where it lies, as a part of packing it. */
static const double READ = 0.1;
/* Nanoseconds in which memory reads or writes a byte. */
static const double BYTE_TIME = 0.04;
/* An operand is packed once, all of it, if packing chunk by chunk would be this many times the
 * work. */
static const double PACKED_GAIN = 1.35;
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

/* What the choice of a method depends on: sizes, operands, and which strides are 1; and what is
 * known once it is chosen: the method's limits, and the sizes of the call. */
typedef struct {
    double m, n, k;
    tgc_matmul_view a, b;
    int a_along_k, b_along_k, b_along_n, y_along_n;
    const tgc_matmul_limits *limits;
    const ptrdiff_t *sizes;
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
static double traffic(const problem *p, double down, double across)
{
    const tgc_matmul_limits *const limits = p->limits;
    const double a = across * p->m * p->k, b = down * p->n * p->k;
    if (p->sizes[TGC_MATMUL_METHOD] == TGC_MATMUL_PACKED) {
        return READ * (a + b);
    }
    if (!limits->item_size) {
        return READ * (a + (p->b_along_n ? 1 : 2) * b);
    }
    const ptrdiff_t in_place_cols =
        tgc_matmul_in_place_cols(limits, &p->a, p->sizes[TGC_MATMUL_DEPTH]);
    const int a_in_place = p->n <= (double)in_place_cols * across;
    const int a_in_columns = !a_in_place || p->a.row == 1;
    const ptrdiff_t in_place_rows =
        tgc_matmul_in_place_rows(limits, &p->b, (ptrdiff_t)p->k, a_in_columns);
    const int b_in_place = p->m <= (double)in_place_rows * down;
    return (a_in_place ? READ : 1) * a +
           (b_in_place ? READ : !p->b_along_n ? 2 : a_in_columns ? 0.5 : 1) * b;
}

/* The least number of blocks of at most `most` tiles; even if there can be so many, so that two
 * threads get equally many. */
static double even_blocks(double tiles, ptrdiff_t most)
{
    const double n = blocks(tiles, tgc_max(most, 1));
    return n > 1 && n < tiles ? 2 * blocks(n, 2) : n;
}

/* How y is cut: into so many blocks of rows and of columns, whose traffic is `cost`. */
typedef struct {
    double down, across, cost;
} cutting;

/* The chunks' rows or columns cut in half, whichever costs less. The cost is infinite if there are
 * too few tiles for either. */
static cutting halve(const problem *p, cutting c)
{
    cutting rows = {2 * c.down, c.across, HUGE_VAL}, cols = {c.down, 2 * c.across, HUGE_VAL};
    if (rows.down <= blocks(p->m, p->limits->tile_rows)) {
        rows.cost = traffic(p, rows.down, rows.across);
    }
    if (cols.across <= blocks(p->n, p->limits->tile_cols)) {
        cols.cost = traffic(p, cols.down, cols.across);
    }
    return cols.cost <= rows.cost ? cols : rows;
}

/* Chunks of at most `work` products. They get whole tiles, so the limits are counted in tiles. */
static cutting cut(const problem *p, double work)
{
    const tgc_matmul_limits *const limits = p->limits;
    const ptrdiff_t max_rows =
        tgc_min(limits->max_rows, limits->max_elements / p->sizes[TGC_MATMUL_DEPTH]);
    cutting c = {
        .down = even_blocks(blocks(p->m, limits->tile_rows), max_rows / limits->tile_rows),
        .across = even_blocks(blocks(p->n, limits->tile_cols), limits->max_cols / limits->tile_cols),
    };
    while (p->m * p->n * p->k > work * c.down * c.across) {
        const cutting halved = halve(p, c);
        if (halved.cost == HUGE_VAL) {
            break;
        }
        c = halved;
    }
    c.cost = traffic(p, c.down, c.across);
    return c;
}

/* Cuts chunks in half as long as that saves time: half of the wait for the last one, for what its
 * halves pack twice. What is left in few chunks is short, and so are chunks of CHUNK_TIME. */
static cutting refine(const tgc_call *call, const problem *p, cutting c)
{
    const double batch = (double)p->sizes[TGC_MATMUL_BATCH], time = call->work / batch;
    const double pack_time = PACK_TIME * call->kernel->cost; /* of an element, in nanoseconds */
    while (c.down * c.across >= FEW_CHUNKS && time >= 2 * CHUNK_TIME * c.down * c.across) {
        const cutting halved = halve(p, c);
        const double saved = WAIT / 2 * time / (c.down * c.across);
        if (batch * (halved.cost - c.cost) * pack_time >= saved) {
            break;
        }
        c = halved;
    }
    return c;
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
static double elements_of(const problem *p, int packs_a)
{
    const ptrdiff_t width = p->limits->tile_cols;
    return p->k * ((packs_a ? p->m : 0) + blocks(p->n, width) * (double)width);
}

/* Is packing once less work than packing chunk by chunk, which has this cost? Counted as if a were
 * packed in either case. */
static int is_packed_once(const problem *p, double cost)
{
    const ptrdiff_t wanted = p->sizes[TGC_MATMUL_WANTED];
    if (p->sizes[TGC_MATMUL_METHOD] != TGC_MATMUL_TILES || p->sizes[TGC_MATMUL_BATCH] != 1 ||
        p->k == 0 || elements_of(p, 1) > MOST_PACKED) {
        return 0;
    }
    const double once = (p->m + (p->b_along_n ? 1 : 2) * p->n) * p->k;
    return wanted == TGC_MATMUL_PACKED ||
           (wanted == TGC_MATMUL_AUTO && p->m * p->n * p->k >= TGC_MATMUL_PACKED_WORK &&
            cost >= PACKED_GAIN * once);
}

/* How many of a batch's products a chunk does, for about so many chunks, an even number of them.
 * There may be many: none packs what another one packs. */
static ptrdiff_t products_of_chunk(ptrdiff_t batch, double n_chunks)
{
    if (n_chunks <= 1) {
        return batch;
    }
    ptrdiff_t n = tgc_ceil_div(batch, (ptrdiff_t)smaller(n_chunks + 1, MANY_CHUNKS));
    while (n > 1 && tgc_ceil_div(batch, n) % 2 != 0) {
        n--;
    }
    return n;
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
    const ptrdiff_t batch = sizes[TGC_MATMUL_BATCH];
    call->work = time_of(p, call, limits) * (double)batch;
    const double n_chunks = call->work > TGC_PARALLEL_WORK ? call->work / CHUNK_TIME : 1;
    /* The share of one product that a chunk does, or the number of them if it is more than one. */
    const double share = (double)batch / smaller(n_chunks, FEW_CHUNKS);
    const ptrdiff_t group = share > 1 ? products_of_chunk(batch, n_chunks) : 1;
    cutting c = cut(p, p->m * p->n * p->k * (share > 1 ? (double)group : share));
    if (is_packed_once(p, c.cost)) {
        const int packs_a =
            tgc_matmul_packs_a(p->limits, &p->a, (ptrdiff_t)p->k, (ptrdiff_t)p->n);
        sizes[TGC_MATMUL_METHOD] = TGC_MATMUL_PACKED;
        sizes[TGC_MATMUL_PACKS_A] = packs_a;
        sizes[TGC_MATMUL_ELEMENTS] = (ptrdiff_t)elements_of(p, packs_a);
        c.cost = traffic(p, c.down, c.across);
    }
    c = refine(call, p, c);
    sizes[TGC_MATMUL_GROUP] = group;
    sizes[TGC_MATMUL_DOWN] = (ptrdiff_t)c.down;
    sizes[TGC_MATMUL_ACROSS] = (ptrdiff_t)c.across;
    call->n_chunks =
        tgc_ceil_div(batch, group) * sizes[TGC_MATMUL_DOWN] * sizes[TGC_MATMUL_ACROSS];
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
    problem p = describe(call, 0);
    p.limits = own;
    p.sizes = sizes;
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
