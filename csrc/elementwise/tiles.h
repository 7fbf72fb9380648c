/* Tiles: the parts that an elementwise call is cut into, as its plan leaves them in call->sizes. */
#ifndef TGC_TILES_H
#define TGC_TILES_H

#include "../runtime/call.h"

enum {
    TILES,
    TILES_PER_CHUNK,
    /* A tile is up to TILE_ROWS x TILE_COLUMNS elements of the last two dimensions. */
    TILE_ROWS,
    TILE_COLUMNS,
    /* Are tiles packed (or copied block by block), or can the kernel's loop run along the rows where
     * they lie? */
    PACKED
};

enum {
    /* Elements of one chunk: small enough for the second-level cache, large enough to be worth
     * the hand-out to a thread. */
    CHUNK = 16384,
    /* Rows and columns of a packed tile that is transposed. */
    PACKED_SIDE = 32,
    /* Elements of a packed tile: those of all operands stay in the first-level cache. */
    PACKED_TILE = PACKED_SIDE * PACKED_SIDE,
    /* Room for one in the widest dtype. */
    PACKED_BYTES = 8 * PACKED_TILE
};

/* Where a tile begins in each operand, and its size. */
typedef struct {
    char *data[TGC_MAX_OPERANDS];
    ptrdiff_t rows, columns;
} tgc_elementwise_tile;

/* Where tile number `index` is. Tiles are numbered along the columns first, then the rows, then the
 * other dimensions. */
void tgc_elementwise_find_tile(const tgc_call *call, ptrdiff_t index, tgc_elementwise_tile *tile);
/* The tiles of a chunk are *begin, ..., *end - 1. */
void tgc_elementwise_tiles(const tgc_call *call, ptrdiff_t index, ptrdiff_t *begin, ptrdiff_t *end);

#endif
