/* From the number of a tile to where it lies in every operand. plan.c chooses the size of tiles. */
#include "tiles.h"

#include "../runtime/sizes.h"

/* Moves the tile to `position` of dimension d. */
static void move(const tgc_call *call, tgc_elementwise_tile *tile, int d, ptrdiff_t position)
{
    for (int i = 0; position && i < call->n_operands; i++) {
        const tgc_operand *o = &call->operands[i];
        tile->data[i] += position * o->strides[d] * (ptrdiff_t)tgc_item_size(o->dtype);
    }
}

/* Cuts `length` into pieces of `size`. Returns the size of the next piece that *index names, sets
 * *begin to its first place, and leaves in *index what names the pieces of other dimensions. */
static ptrdiff_t piece(ptrdiff_t length, ptrdiff_t size, ptrdiff_t *index, ptrdiff_t *begin)
{
    const ptrdiff_t pieces = tgc_ceil_div(length, size);
    *begin = *index % pieces * size;
    *index /= pieces;
    return tgc_min(length - *begin, size);
}

void tgc_elementwise_find_tile(const tgc_call *call, ptrdiff_t index, tgc_elementwise_tile *tile)
{
    const tgc_operand *y = &call->operands[call->n_operands - 1];
    const int last = y->ndim - 1;
    ptrdiff_t begin;
    for (int i = 0; i < call->n_operands; i++) {
        tile->data[i] = call->operands[i].data;
    }
    tile->columns = piece(y->shape[last], call->sizes[TILE_COLUMNS], &index, &begin);
    move(call, tile, last, begin);
    tile->rows = 1;
    if (last > 0) {
        tile->rows = piece(y->shape[last - 1], call->sizes[TILE_ROWS], &index, &begin);
        move(call, tile, last - 1, begin);
    }
    for (int d = last - 2; d >= 0; d--) {
        piece(y->shape[d], 1, &index, &begin);
        move(call, tile, d, begin);
    }
}

void tgc_elementwise_tiles(const tgc_call *call, ptrdiff_t index, ptrdiff_t *begin, ptrdiff_t *end)
{
    *begin = index * call->sizes[TILES_PER_CHUNK];
    *end = *begin + call->sizes[TILES_PER_CHUNK];
    *end = *end < call->sizes[TILES] ? *end : call->sizes[TILES];
}
