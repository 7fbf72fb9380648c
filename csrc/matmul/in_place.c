/*
 * Which operands the tiles read in place. Packing costs more than it saves where a cache holds what
 * is read, or few tiles read it.
 */
#include "matmul.h"

/* For as many panels of y's columns, a is read in place; for a quarter of them, if a line of it
 * holds elements of one row and one term only, or if its lines do not stay in a first-level
 * cache; and for one, if the rows of a tile evict each other. */
enum { PANELS = 12 };
/* Terms of a transposed a, a line each, that a first-level cache holds beside b; and bytes between
 * the first and the last of as many as a first-level TLB holds pages. */
enum { LINES = 320, SPAN = 64 * 4096 };
/* For as many tiles of y's rows, a b is read in place that costs each of them more than a packed
 * one: its vectors lie across two cache lines, or its rows evict each other, so that every tile
 * waits for them anew. Tiles of more than WAYS rows have the time to, but lines of an a in rows are
 * evicted too. Rows of a large b at the worst distance evict each other from a second-level cache
 * as well. */
enum { COSTLY_TILES = 2, COLLIDING_TILES = 16, LARGE = TGC_MATMUL_IN_PLACE_BYTES / 4 };

/* Elements whose distance is a multiple of 4096 bytes evict each other: a first-level cache has 8
 * to 12 places for all of them, for twice as many at half the distance. */
enum { WAYS = 8 };

static int collide(ptrdiff_t bytes, ptrdiff_t period)
{
    return bytes != 0 && bytes % period == 0;
}

static ptrdiff_t distance_bytes(const tgc_matmul_limits *tiles, ptrdiff_t stride)
{
    return (stride < 0 ? -stride : stride) * tiles->item_size;
}

ptrdiff_t tgc_matmul_in_place_cols(const tgc_matmul_limits *tiles, const tgc_matmul_view *a,
                                   ptrdiff_t depth)
{
    const ptrdiff_t all = PANELS * tiles->tile_cols;
    if (a->row == 1) {
        const ptrdiff_t bytes = distance_bytes(tiles, a->col);
        return depth <= LINES && depth * bytes <= SPAN && !collide(bytes, 2048) ? all : all / 4;
    }
    if (tiles->tile_rows > WAYS && collide(distance_bytes(tiles, a->row), 4096)) {
        return tiles->tile_cols;
    }
    return a->col == 1 ? all : all / 4;
}

ptrdiff_t tgc_matmul_in_place_rows(const tgc_matmul_limits *tiles, const tgc_matmul_view *b,
                                   ptrdiff_t k, int a_in_columns)
{
    const ptrdiff_t bytes = distance_bytes(tiles, b->row);
    const size_t vec_bytes = (size_t)(tiles->tile_cols / 2 * tiles->item_size);
    if (b->col != 1 || bytes * k > TGC_MATMUL_IN_PLACE_BYTES) {
        return 0;
    }
    if (collide(bytes, 4096) && bytes * k > LARGE) {
        return tiles->tile_rows;
    }
    const int is_aligned = ((uintptr_t)b->data | (size_t)bytes) % vec_bytes == 0;
    const int collides = collide(bytes, 2048);
    if (!is_aligned || (collides && tiles->tile_rows <= WAYS)) {
        return COSTLY_TILES * tiles->tile_rows;
    }
    return collides && !a_in_columns ? COLLIDING_TILES * tiles->tile_rows : PTRDIFF_MAX;
}
