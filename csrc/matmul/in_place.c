/* Which operands the tiles read in place: packing one costs more than it saves where a cache holds
 * all that is read of it, or where few tiles read it. */
#include "matmul.h"

enum {
    /* The most panels of y's columns for which a is read in place. It is a quarter of them if a
     * cache line of a holds only one element that a tile can use, or if a's lines do not stay in a
     * first-level cache. It is one panel if the rows of a tile evict each other. */
    PANELS = 12,
    /* The same if b is packed beforehand, so that a tile of a packed a has nothing to pack on its
     * way: for rows that are read whole and do not evict each other. Packing takes a fiftieth of
     * the work for so many panels, as much as reading in place costs. */
    ALL_PANELS = 48,
    /* The most terms of a transposed a whose lines, one for each term, stay in a first-level cache
     * beside b. */
    LINES = 320,
    /* The most bytes between the first and the last of these terms: a first-level TLB holds 64
     * pages. */
    SPAN = 64 * 4096,
    /* The most tiles of y's rows for which a b is read in place that costs each of them more than a
     * packed one: its vectors lie across two cache lines, or its rows evict each other, so that
     * every tile waits for them anew. */
    COSTLY_TILES = 2,
    /* The same for tiles of more than WAYS rows where b's rows evict each other. Such tiles have
     * time to wait for b, but if a lies in rows, its lines are evicted too. */
    COLLIDING_TILES = 16,
    /* The most bytes of a b whose rows, at a multiple of 4096 bytes, do not evict each other from a
     * second-level cache as well. */
    LARGE = TGC_MATMUL_IN_PLACE_BYTES / 4,
    /* Lines a multiple of 4096 bytes apart share 8 to 12 places of a first-level cache, lines half
     * as far apart 16 to 24. */
    WAYS = 8
};

/* Are lines at this distance a multiple of `period` bytes apart, so that they evict each other? */
static int collide(ptrdiff_t bytes, ptrdiff_t period)
{
    return bytes != 0 && bytes % period == 0;
}

static ptrdiff_t distance_bytes(const tgc_matmul_limits *tiles, ptrdiff_t stride)
{
    return tgc_distance(stride) * tiles->item_size;
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

int tgc_matmul_packs_a(const tgc_matmul_limits *tiles, const tgc_matmul_view *a, ptrdiff_t k,
                       ptrdiff_t cols)
{
    return a->col != 1 || k > tiles->max_depth || cols > ALL_PANELS * tiles->tile_cols ||
           tiles->tile_rows > WAYS || collide(distance_bytes(tiles, a->row), 4096);
}
