/* The frame of every reduction: cuts the outputs into tiles and what is reduced into blocks, and
 * merges partial results in order. What happens to a block is up to the kernel's tgc_reduce_op. */
#include "reduce.h"

#include "axes.h"

/*
 * After the plan, every operand has its kept dimensions first and its reduced ones last. Within
 * both groups the dimension with the smallest step in memory is the last. A tile is up to WIDTH
 * outputs side by side along the last kept dimension. What is reduced into a tile is cut into
 * blocks: ROWS by N elements of the last two reduced dimensions for each output.
 */
enum {
    AXES = TGC_REDUCE_AXES,
    SPLITS = TGC_REDUCE_SPLITS,
    KEPT,   /* number of kept dimensions */
    COUNT,  /* elements reduced into each output */
    WIDTH,  /* the most outputs of a tile */
    ROWS,   /* rows of a block */
    N,      /* elements of a row of a block */
    BLOCKS, /* blocks per tile */
    STRIPS, /* 1 where outputs are closer in memory than the elements reduced into one */
    PIECES, /* into which the blocks of a tile are divided, each in a chunk of its own */
    TILES,
    TILES_PER_CHUNK
};

enum {
    CHUNK = TGC_REDUCE_CHUNK,
    MAX_WIDTH = TGC_REDUCE_WIDTH,
    MIN_STRIP = 512,      /* a narrower strip wastes what the prefetcher brings */
    BLOCK = 16384         /* elements of a block for one output, at most */
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

/* If each output is reduced from elements that lie together, outputs are work enough for the
 * threads, and pieces are only made of large ones. Elsewhere the pieces are what lies apart in
 * memory. */
static ptrdiff_t choose_pieces(const ptrdiff_t *sizes, const tgc_operand *a)
{
    const int kept = (int)sizes[KEPT];
    ptrdiff_t longest = 0;
    for (int d = kept; d < a->ndim; d++) {
        longest = tgc_max(longest, tgc_distance(a->strides[d]));
    }
    if (kept > 0 && tgc_distance(a->strides[kept - 1]) > longest) {
        return tgc_clamp(sizes[COUNT] / CHUNK, 1, sizes[SPLITS]);
    }
    return sizes[SPLITS];
}

static ptrdiff_t choose_width(const ptrdiff_t *sizes, const tgc_operand *a)
{
    if (sizes[KEPT] == 0) {
        return 1;
    }
    const ptrdiff_t size = a->shape[sizes[KEPT] - 1];
    const ptrdiff_t fitting = CHUNK * sizes[PIECES] / sizes[COUNT];
    const ptrdiff_t width = tgc_clamp(fitting, sizes[STRIPS] ? MIN_STRIP : 1, MAX_WIDTH);
    /* The same number of tiles, all of about one width. */
    return tgc_ceil_div(size, tgc_ceil_div(size, width));
}

static void choose_tile(ptrdiff_t *sizes, const tgc_operand *a)
{
    const int kept = (int)sizes[KEPT], last = a->ndim - 1;
    const ptrdiff_t n = last >= kept ? a->shape[last] : 1;
    const ptrdiff_t rows = last > kept ? a->shape[last - 1] : 1;
    sizes[STRIPS] = kept > 0 && (last < kept || tgc_distance(a->strides[kept - 1]) <
                                                    tgc_distance(a->strides[last]));
    sizes[PIECES] = choose_pieces(sizes, a);
    sizes[WIDTH] = choose_width(sizes, a);
    if (sizes[STRIPS]) {
        /* Outputs side by side: all elements that a piece has of each, in groups of eight. */
        const ptrdiff_t piece = tgc_ceil_div(tgc_ceil_div(sizes[COUNT], sizes[PIECES]), 8) * 8;
        const ptrdiff_t block = tgc_min(piece, BLOCK);
        sizes[N] = tgc_min(n, block);
        sizes[ROWS] = tgc_clamp(block / n, 1, rows);
    } else {
        /* Rows of one output: together they have no more vectors than a run. */
        sizes[N] = tgc_min(n, BLOCK);
        const ptrdiff_t whole = tgc_ceil_div(n, TGC_MAX_LANES) * TGC_MAX_LANES;
        sizes[ROWS] = tgc_clamp(TGC_REDUCE_RUN / whole, 1, rows);
    }
    sizes[BLOCKS] = tgc_product(a->shape, kept, last - 1 > kept ? last - 1 : kept) *
                    tgc_ceil_div(rows, sizes[ROWS]) * tgc_ceil_div(n, sizes[N]);
    sizes[PIECES] = tgc_min(sizes[PIECES], sizes[BLOCKS]);
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
        sizes[PIECES] = 1;
    }
    sizes[TILES] = tgc_count_tiles(a, kept, sizes[WIDTH]);
    const ptrdiff_t per_tile = sizes[WIDTH] * sizes[COUNT] / sizes[PIECES];
    sizes[TILES_PER_CHUNK] = tgc_even_chunk(sizes[TILES], CHUNK / (per_tile > 0 ? per_tile : 1));
    call->n_chunks = sizes[PIECES] * tgc_ceil_div(sizes[TILES], sizes[TILES_PER_CHUNK]);
    call->work = (double)outputs * (1 + (double)sizes[COUNT]) * call->kernel->cost;
}

static tgc_reduce_block find_block(const tgc_call *call, const tgc_reduce_tile *tile,
                                   ptrdiff_t index)
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

/* The accumulators of a tile in the scratch of one piece. */
static char *partial(const tgc_call *call, const tgc_reduce_tile *tile, ptrdiff_t piece)
{
    const tgc_operand *scratch = &call->operands[call->n_operands - 1];
    const ptrdiff_t outputs = tgc_product(call->operands[0].shape, 0, (int)call->sizes[KEPT]);
    return scratch->data + (piece * outputs + tile->position) * TGC_REDUCE_SLOT;
}

static tgc_reduce_tile find_tile(const tgc_call *call, ptrdiff_t index)
{
    return tgc_find_tile(call, n_arrays(call), (int)call->sizes[KEPT], call->sizes[WIDTH], index);
}

static void store(const tgc_call *call, const void *acc, const tgc_reduce_tile *tile)
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
    const ptrdiff_t piece = index / tile_chunks, pieces = sizes[PIECES];
    const ptrdiff_t begin = index % tile_chunks * sizes[TILES_PER_CHUNK];
    const ptrdiff_t end = tgc_min(begin + sizes[TILES_PER_CHUNK], sizes[TILES]);
    _Alignas(64) char local[MAX_WIDTH * TGC_REDUCE_SLOT];
    for (ptrdiff_t i = begin; i < end; i++) {
        const tgc_reduce_tile tile = find_tile(call, i);
        void *acc = pieces > 1 ? partial(call, &tile, piece) : local;
        op->init(acc, tile.width);
        for (ptrdiff_t b = sizes[BLOCKS] * piece / pieces;
             b < sizes[BLOCKS] * (piece + 1) / pieces; b++) {
            const tgc_reduce_block block = find_block(call, &tile, b);
            op->add(acc, &block);
        }
        if (pieces == 1) {
            store(call, acc, &tile);
        }
    }
}

void tgc_reduce_finish(const tgc_call *call)
{
    const tgc_reduce_op *op = operation(call);
    if (call->sizes[PIECES] == 1 || call->n_chunks == 0) {
        return;
    }
    for (ptrdiff_t i = 0; i < call->sizes[TILES]; i++) {
        const tgc_reduce_tile tile = find_tile(call, i);
        char *acc = partial(call, &tile, 0);
        for (ptrdiff_t piece = 1; piece < call->sizes[PIECES]; piece++) {
            op->combine(acc, partial(call, &tile, piece), tile.width);
        }
        store(call, acc, &tile);
    }
}
