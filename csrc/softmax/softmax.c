/* The plan and the chunks: finds the lines of each tile and hands them to the kernel's loop, which
 * is compiled for every type and ISA. */
#include "softmax.h"

#include "../reduce/axes.h"

/* What the plan leaves in call->sizes. */
enum {
    AXIS = TGC_SOFTMAX_AXIS,
    KEPT,    /* the number of dimensions beside the axis: they come first */
    COLUMNS, /* 1 where lines are closer in memory than the elements of one */
    WIDTH,   /* the most lines of a tile */
    TILES,
    TILES_PER_CHUNK
};

enum {
    CHUNK = 16384,  /* elements of one chunk, about */
    MIN_WIDTH = 64, /* the least WIDTH where lines are columns: some cache lines of each row */
    MAX_WIDTH = 1024
};

/* What all tiles of an arranged call have in common: the steps and the length of their lines. */
static tgc_softmax_lines lines_of(const tgc_call *call)
{
    const int kept = (int)call->sizes[KEPT];
    tgc_softmax_lines lines = {.n = 1, .columns = (int)call->sizes[COLUMNS]};
    for (int k = 0; k < call->n_operands; k++) {
        const tgc_operand *o = &call->operands[k];
        lines.n = kept < o->ndim ? o->shape[kept] : 1;
        lines.step[k] = kept < o->ndim ? o->strides[kept] : 1;
        lines.line_step[k] = kept > 0 ? o->strides[kept - 1] : 0;
    }
    return lines;
}

void tgc_softmax_plan(tgc_call *call)
{
    ptrdiff_t *sizes = call->sizes;
    const int last = call->n_operands - 1;
    const tgc_operand *y = &call->operands[last];
    const tgc_axes which = {
        .n_arrays = last + 1, .axes = (ptrdiff_t)1 << sizes[AXIS], .key = last, .inner = -1};
    const int kept = tgc_arrange(call, which);
    const ptrdiff_t n = tgc_product(y->shape, kept, y->ndim);
    const ptrdiff_t lines = tgc_product(y->shape, 0, kept);
    sizes[KEPT] = kept;
    call->n_chunks = 0;
    call->work = 0;
    if (n == 0 || lines == 0) {
        return;
    }
    sizes[COLUMNS] = kept > 0 && kept < y->ndim &&
                     tgc_distance(y->strides[kept - 1]) < tgc_distance(y->strides[kept]);
    sizes[WIDTH] = tgc_clamp(CHUNK / n, sizes[COLUMNS] ? MIN_WIDTH : 1, MAX_WIDTH);
    sizes[TILES] = tgc_count_tiles(y, kept, sizes[WIDTH]);
    sizes[TILES_PER_CHUNK] = tgc_even_chunk(sizes[TILES], CHUNK * sizes[TILES] / (n * lines));
    call->n_chunks = tgc_ceil_div(sizes[TILES], sizes[TILES_PER_CHUNK]);
    call->work = (double)n * (double)lines * call->kernel->cost;
    const tgc_softmax_lines shape = lines_of(call);
    call->workspace = 0;
    for (int k = 0; k < call->n_operands; k++) {
        if (!tgc_softmax_is_unit(&shape, k)) {
            call->workspace +=
                (size_t)(n * tgc_softmax_together(&shape)) * tgc_item_size(y->dtype);
        }
    }
}

void tgc_softmax_chunk(const tgc_call *call, ptrdiff_t index)
{
    const ptrdiff_t *sizes = call->sizes;
    const int kept = (int)sizes[KEPT], n_arrays = call->n_operands;
    const ptrdiff_t begin = index * sizes[TILES_PER_CHUNK];
    const ptrdiff_t end = tgc_min(begin + sizes[TILES_PER_CHUNK], sizes[TILES]);
    tgc_softmax_lines lines = lines_of(call);
    for (ptrdiff_t i = begin; i < end; i++) {
        const tgc_reduce_tile tile = tgc_find_tile(call, n_arrays, kept, sizes[WIDTH], i);
        for (int k = 0; k < n_arrays; k++) {
            lines.data[k] = tile.data[k];
        }
        lines.lines = tile.width;
        ((tgc_softmax_loop *)call->kernel->loop)(&lines);
    }
}
