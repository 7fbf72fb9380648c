/* Blocks: rows and columns of elements, with any strides. */
#ifndef TGC_BLOCK_H
#define TGC_BLOCK_H

#include "../runtime/call.h"

/* A block that begins at `data`; its strides in elements. */
typedef struct {
    char *data;
    ptrdiff_t row_stride, column_stride;
} tgc_block_view;

/* The block of the operand's last two dimensions that begins at `data`. */
static inline tgc_block_view tgc_view(const tgc_operand *o, char *data)
{
    const int last = o->ndim - 1;
    return (tgc_block_view){data, last > 0 ? o->strides[last - 1] : 0, o->strides[last]};
}

/* to[r, c] = from[r, c] for elements of item_size bytes; both are the same or do not overlap. */
void tgc_copy_block(size_t item_size, tgc_block_view to, tgc_block_view from, ptrdiff_t rows,
                    ptrdiff_t columns);

#endif
