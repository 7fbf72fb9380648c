/* The chunks of a product: which block of y a chunk computes, and from where in the operands.
 * plan.c chooses the blocks, and the kernel's loop computes one. */
#include "matmul.h"

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
    if (s[TGC_MATMUL_DOWN] * s[TGC_MATMUL_ACROSS] == 1) {
        return (tgc_matmul_area){.rows = m, .tiles = tiles_down, .cols = n};
    }
    const ptrdiff_t across = index % s[TGC_MATMUL_ACROSS];
    const ptrdiff_t down = index / s[TGC_MATMUL_ACROSS] % s[TGC_MATMUL_DOWN];
    const ptrdiff_t first = tgc_spread(tiles_down, s[TGC_MATMUL_DOWN], down);
    const ptrdiff_t end = tgc_spread(tiles_down, s[TGC_MATMUL_DOWN], down + 1);
    const ptrdiff_t left = tgc_spread(tiles_across, s[TGC_MATMUL_ACROSS], across);
    const ptrdiff_t right = tgc_spread(tiles_across, s[TGC_MATMUL_ACROSS], across + 1);
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
    const ptrdiff_t first = tgc_div(index, sizes[TGC_MATMUL_ACROSS] * sizes[TGC_MATMUL_DOWN]) *
                            sizes[TGC_MATMUL_GROUP];
    const ptrdiff_t end = tgc_min(first + sizes[TGC_MATMUL_GROUP], sizes[TGC_MATMUL_BATCH]);
    tgc_matmul_block block = {.method = (tgc_matmul_method)sizes[TGC_MATMUL_METHOD],
                              .activation =
                                  (tgc_matmul_activation)sizes[TGC_MATMUL_ACTIVATION],
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
