#include "reduce.h"

#include "axes.h"

/*
 * After the plan, every operand has its kept dimensions first and its reduced ones last; within
 * both groups the one with the smallest step in memory stands last. A tile is up to WIDTH
 * outputs side by side along the last kept dimension; what is reduced into it is cut into
 * blocks of ROWS * N elements along the last two reduced dimensions.
 */
enum {
    AXES = TGC_REDUCE_AXES,
    SPLITS = TGC_REDUCE_SPLITS,
    KEPT,   /* number of kept dimensions */
    COUNT,  /* elements reduced into each output */
    WIDTH,
    ROWS,
    N,
    BLOCKS, /* blocks per tile */
    STRIPS, /* 1 where outputs are closer in memory than the elements reduced into one */
    TILES,
    TILES_PER_CHUNK
};

enum {
    CHUNK = TGC_REDUCE_CHUNK,
    MAX_WIDTH = 1024,
    MIN_STRIP = 256,      /* a narrower strip wastes what the prefetcher brings */
    STRIP_BLOCK = 16384,  /* elements of a block of column sums */
    ROW_BLOCK = 2048      /* elements of a block of row sums: the error bound */
};

static const tgc_reduce_op *operation(const tgc_call *call)
{
    return ((tgc_reduce_loop *)call->kernel->loop)();
}

/* How many leading operands have dimensions: a and the outputs, not the scratch. */
static int n_arrays(const tgc_call *call)
{
    return call->n_operands - (call->sizes[SPLITS] > 1);
}

static void choose_tile(ptrdiff_t *sizes, const tgc_operand *a)
{
    const int kept = (int)sizes[KEPT], last = a->ndim - 1;
    const ptrdiff_t n = last >= kept ? a->shape[last] : 1;
    const ptrdiff_t rows = last > kept ? a->shape[last - 1] : 1;
    const int strips =
        kept > 0 && last >= kept && tgc_distance(a->strides[kept - 1]) < tgc_distance(a->strides[last]);
    const ptrdiff_t fitting = CHUNK / (sizes[COUNT] > 0 ? sizes[COUNT] : 1);
    sizes[STRIPS] = strips;
    sizes[WIDTH] = tgc_clamp(fitting, strips ? MIN_STRIP : 1, MAX_WIDTH);
    sizes[WIDTH] = kept > 0 ? tgc_min(sizes[WIDTH], a->shape[kept - 1]) : 1;
    const ptrdiff_t block = strips ? STRIP_BLOCK / sizes[WIDTH] : ROW_BLOCK;
    sizes[N] = tgc_min(n, block);
    sizes[ROWS] = n <= block ? tgc_clamp(block / n, 1, rows) : 1;
    sizes[BLOCKS] = tgc_product(a->shape, kept, last - 1 > kept ? last - 1 : kept) *
                    tgc_ceil_div(rows, sizes[ROWS]) * tgc_ceil_div(n, sizes[N]);
}

void tgc_reduce_plan(tgc_call *call)
{
    ptrdiff_t *sizes = call->sizes;
    tgc_operand *a = &call->operands[0];
    const tgc_axes which = {.n_arrays = n_arrays(call),
                            .axes = sizes[AXES],
                            .inner = operation(call)->ordered ? -1 : 0};
    const int kept = tgc_arrange(call, which);
    const ptrdiff_t outputs = tgc_product(a->shape, 0, kept);
    sizes[KEPT] = kept;
    sizes[COUNT] = tgc_product(a->shape, kept, a->ndim);
    call->n_chunks = 0;
    call->work = 0;
    if (outputs == 0) {
        return;
    }
    if (sizes[COUNT] > 0) {
        choose_tile(sizes, a);
    } else {
        sizes[WIDTH] = 1;
        sizes[BLOCKS] = 0;
    }
    sizes[TILES] = tgc_count_tiles(a, kept, sizes[WIDTH]);
    const ptrdiff_t per_tile = sizes[WIDTH] * sizes[COUNT] / sizes[SPLITS];
    sizes[TILES_PER_CHUNK] = tgc_clamp(CHUNK / (per_tile > 0 ? per_tile : 1), 1, sizes[TILES]);
    call->n_chunks = sizes[SPLITS] * tgc_ceil_div(sizes[TILES], sizes[TILES_PER_CHUNK]);
    call->work = (double)outputs * (1 + (double)sizes[COUNT]) * call->kernel->cost;
}

static tgc_reduce_block find_block(const tgc_call *call, const tgc_tile *tile, ptrdiff_t index)
{
    const tgc_operand *a = &call->operands[0];
    const int kept = (int)call->sizes[KEPT], last = a->ndim - 1;
    tgc_reduce_block block = {
        .width = tile->width, .rows = 1, .n = 1, .strips = (int)call->sizes[STRIPS]};
    ptrdiff_t offset = 0, period = 1;
    block.width_stride = kept > 0 ? a->strides[kept - 1] : 0;
    for (int d = last; d >= kept; d--) {
        const ptrdiff_t size = a->shape[d];
        const ptrdiff_t step = d == last ? call->sizes[N] : d == last - 1 ? call->sizes[ROWS] : 1;
        const ptrdiff_t pieces = tgc_ceil_div(size, step), i = index % pieces * step;
        index /= pieces;
        offset += i * a->strides[d];
        block.first += i * period;
        period *= size;
        if (d == last) {
            block.n = tgc_min(step, size - i);
            block.stride = a->strides[d];
        } else if (d == last - 1) {
            block.rows = tgc_min(step, size - i);
            block.row_stride = a->strides[d];
        }
    }
    block.a = tile->data[0] + offset * (ptrdiff_t)tgc_item_size(a->dtype);
    return block;
}

/* The accumulators of a tile in the scratch of one split. */
static char *partial(const tgc_call *call, const tgc_tile *tile, ptrdiff_t split)
{
    const tgc_operand *scratch = &call->operands[call->n_operands - 1];
    const ptrdiff_t outputs = tgc_product(call->operands[0].shape, 0, (int)call->sizes[KEPT]);
    return scratch->data + (split * outputs + tile->position) * TGC_REDUCE_SLOT;
}

static tgc_tile find_tile(const tgc_call *call, ptrdiff_t index)
{
    return tgc_find_tile(call, n_arrays(call), (int)call->sizes[KEPT], call->sizes[WIDTH], index);
}

static void store(const tgc_call *call, const void *acc, const tgc_tile *tile)
{
    const int kept = (int)call->sizes[KEPT];
    tgc_reduce_target y = {.count = call->sizes[COUNT]};
    for (int k = 0; k < n_arrays(call) - 1; k++) {
        y.data[k] = tile->data[k + 1];
        y.strides[k] = kept > 0 ? call->operands[k + 1].strides[kept - 1] : 0;
    }
    operation(call)->store(acc, tile->width, &y);
}

void tgc_reduce_chunk(const tgc_call *call, ptrdiff_t index)
{
    const tgc_reduce_op *op = operation(call);
    const ptrdiff_t *sizes = call->sizes;
    const ptrdiff_t tile_chunks = tgc_ceil_div(sizes[TILES], sizes[TILES_PER_CHUNK]);
    const ptrdiff_t split = index / tile_chunks, splits = sizes[SPLITS];
    const ptrdiff_t begin = index % tile_chunks * sizes[TILES_PER_CHUNK];
    const ptrdiff_t end = tgc_min(begin + sizes[TILES_PER_CHUNK], sizes[TILES]);
    _Alignas(64) char local[MAX_WIDTH * TGC_REDUCE_SLOT];
    for (ptrdiff_t i = begin; i < end; i++) {
        const tgc_tile tile = find_tile(call, i);
        void *acc = splits > 1 ? partial(call, &tile, split) : local;
        op->init(acc, tile.width);
        for (ptrdiff_t b = sizes[BLOCKS] * split / splits;
             b < sizes[BLOCKS] * (split + 1) / splits; b++) {
            const tgc_reduce_block block = find_block(call, &tile, b);
            op->add(acc, &block);
        }
        if (splits == 1) {
            store(call, acc, &tile);
        }
    }
}

void tgc_reduce_finish(const tgc_call *call)
{
    const tgc_reduce_op *op = operation(call);
    if (call->sizes[SPLITS] == 1 || call->n_chunks == 0) {
        return;
    }
    for (ptrdiff_t i = 0; i < call->sizes[TILES]; i++) {
        const tgc_tile tile = find_tile(call, i);
        char *acc = partial(call, &tile, 0);
        for (ptrdiff_t split = 1; split < call->sizes[SPLITS]; split++) {
            op->combine(acc, partial(call, &tile, split), tile.width);
        }
        store(call, acc, &tile);
    }
}
