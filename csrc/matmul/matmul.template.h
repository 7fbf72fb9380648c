/*
 * The blocked product for one real type and one ISA; includes the other parts of the family, in
 * order.
 *
 * A chunk is a block of y. Its sum goes over blocks of p. For each block, a's rows are packed into
 * tiles that stay in the second-level cache. Then b is packed panel by panel, one tile wide, and
 * all tiles of a are multiplied by the panel, while they prefetch the next one. Where it can, the
 * first tile packs the panel on its way. An operand for which packing would cost more than it saves
 * is read in place (in_place.c).
 */
#include "../runtime/workspace.h"
#include "../vec/rows.h"

#include "activation.template.h"
#include "axpy.template.h"
#include "pack.template.h"
#include "dot.template.h"
#include "tile.template.h"

enum {
    /* Terms of a block of the sum. It is long, because each block reads and writes y once. */
    FN(MAX_DEPTH) = 512,
    /* The same for few rows: a panel of b is read only once or twice after it is packed, from the
     * first-level cache if it is as short as this. */
    FN(SHORT_DEPTH) = 128,
    /* Rows of a chunk of dot products. */
    FN(MAX_DOT_ROWS) = 32,
    /* Terms of a block of their sums. */
    FN(MAX_DOT_DEPTH) = 2048,
    /* Elements of a in the rows of a chunk, for one block of the sum. */
    FN(MAX_ELEMENTS) = CACHED_BYTES / sizeof(T),
};

static const tgc_matmul_limits FN(limits)[TGC_MATMUL_N_METHODS] = {
    [TGC_MATMUL_NAIVE] = {.tile_rows = 1,
                          .tile_cols = 16 * VL,
                          .max_rows = PTRDIFF_MAX,
                          .max_cols = PTRDIFF_MAX,
                          .max_depth = PTRDIFF_MAX,
                          .max_elements = PTRDIFF_MAX},
    [TGC_MATMUL_TILES] = {.item_size = sizeof(T),
                          .tile_rows = TILE_ROWS,
                          .tile_cols = FN(TILE_COLS),
                          .max_rows = PTRDIFF_MAX,
                          .max_cols = 512,
                          .max_depth = FN(MAX_DEPTH),
                          .short_depth = FN(SHORT_DEPTH),
                          .few_rows = 4 * TILE_ROWS,
                          .max_elements = FN(MAX_ELEMENTS)},
    [TGC_MATMUL_DOTS] = {.tile_rows = FN(DOT_ROWS),
                         .tile_cols = FN(DOT_COLS),
                         .max_rows = FN(MAX_DOT_ROWS),
                         .max_cols = 512,
                         .max_depth = FN(MAX_DOT_DEPTH),
                         .max_elements = PTRDIFF_MAX},
    [TGC_MATMUL_AXPYS] = {.tile_rows = 1,
                          .tile_cols = 16 * VL,
                          .max_rows = 8,
                          .max_cols = 4096,
                          .max_depth = 256,
                          .max_elements = PTRDIFF_MAX},
};

/* One block of the sum: y = start + a b over `depth` of k terms. */
typedef struct {
    ptrdiff_t rows, tiles, cols, k, depth;
    const T *a, *b, *start;
    ptrdiff_t a_row, a_col, b_row, b_col, start_row, start_col;
    T *y;
    ptrdiff_t y_row, y_col;
} FN(step);

/* Columns `col` to `col + cols` of b. */
typedef struct {
    ptrdiff_t col, cols;
    const T *b;               /* where the micro-kernel reads them */
    ptrdiff_t b_row, b_ahead; /* as in FN(tile) */
    T *packed;                /* where the first tile packs them for the others, or NULL */
    const T *next;            /* where the next panel lies */
    ptrdiff_t next_tile;      /* from what one tile prefetches of it to what the next one does */
    ptrdiff_t next_row;       /* from row to row of it */
} FN(panel);

static ptrdiff_t FN(whole_vecs)(ptrdiff_t cols)
{
    return (cols + VL - 1) / VL * VL;
}

/* to[i, j] = from[i, j] */
static void FN(copy)(ptrdiff_t rows, ptrdiff_t cols, const T *from, ptrdiff_t from_row,
                     ptrdiff_t from_col, T *to, ptrdiff_t to_row, ptrdiff_t to_col)
{
    for (ptrdiff_t i = 0; i < rows; i++, from += from_row, to += to_row) {
        if (from_col == 1 && to_col == 1) {
            memcpy(to, from, (size_t)cols * sizeof(T));
            continue;
        }
        for (ptrdiff_t j = 0; j < cols; j++) {
            to[j * to_col] = from[j * from_col];
        }
    }
}

/* Does the micro-kernel find a column of a tile's rows of a side by side, packed or in place? */
static int FN(is_in_columns)(const FN(step) *s, const T *a_packed)
{
    return a_packed || s->a_row == 1;
}

/* How many elements ahead a packed panel is prefetched. A short one is not: it stays in the
 * first-level cache. */
static ptrdiff_t FN(packed_ahead)(ptrdiff_t depth, ptrdiff_t b_row)
{
    return depth > FN(SHORT_DEPTH) ? FN(TERMS_AHEAD) * b_row : 0;
}

/* All rows of y for the columns of a panel. Where a is in columns, each tile prefetches a part of
 * the next panel. A tile whose rows are not whole vectors of y is computed on the stack. */
static void FN(run_panel)(const FN(step) *s, const T *a_packed, const FN(panel) *panel)
{
    const ptrdiff_t col = panel->col, cols = panel->cols, width = FN(whole_vecs)(cols);
    const int whole = cols == width && s->y_col == 1 && (!s->start || s->start_col == 1);
    const int in_columns = FN(is_in_columns)(s, a_packed), vecs = (int)(width / VL);
    T edge[TILE_ROWS * FN(TILE_COLS)];
    FN(tile) t = {.k = s->depth,
                  .a_row = s->a_row,
                  .b = panel->b,
                  .b_row = panel->b_row,
                  .b_ahead = panel->b_ahead,
                  .b_packed = panel->packed,
                  .start_row = whole ? s->start_row : width,
                  .y = edge,
                  .y_row = whole ? s->y_row : width,
                  .ahead = panel->next,
                  .ahead_row = panel->next_row};
    const tgc_shares shares = tgc_share(s->rows, s->tiles);
    for (ptrdiff_t i = 0, row = 0, rows; i < s->tiles; i++, row += rows) {
        rows = tgc_share_size(shares, i);
        T *const y_tile = s->y + row * s->y_row + col * s->y_col;
        t.start = s->start ? s->start + row * s->start_row + col * s->start_col : NULL;
        if (whole) {
            t.y = y_tile;
        } else if (t.start) {
            memset(edge, 0, sizeof edge);
            FN(copy)(rows, cols, t.start, s->start_row, s->start_col, edge, width, 1);
            t.start = edge;
        }
        t.a = a_packed ? a_packed + row * s->depth : s->a + row * s->a_row;
        t.a_col = a_packed ? rows : s->a_col;
        if (!in_columns) {
            FN(in_place_tiles)[rows - 1][vecs - 1](&t);
        } else if (i > 0 || !panel->packed) {
            FN(packed_tiles)[rows - 1][vecs - 1](&t);
        } else {
            FN(packing_tiles)[rows - 1](&t);
            t.b = panel->packed;
            t.b_row = width;
            t.b_ahead = FN(packed_ahead)(s->depth, width);
        }
        t.ahead += panel->next_tile;
        if (!whole) {
            FN(copy)(rows, cols, edge, width, 1, y_tile, s->y_row, s->y_col);
        }
    }
}

static void FN(pack_a)(const FN(step) *s, T *packed)
{
    if (s->a_row == 1) {
        FN(pack_panels)(packed, s->tiles, s->rows, s->depth, s->a, s->a_col);
        return;
    }
    const tgc_shares shares = tgc_share(s->rows, s->tiles);
    for (ptrdiff_t i = 0, row = 0, rows; i < s->tiles; i++, row += rows) {
        rows = tgc_share_size(shares, i);
        FN(pack)(packed + row * s->depth, rows, rows, s->depth, s->a + row * s->a_row, s->a_row,
                 s->a_col);
    }
}

/* Packs columns `col` to `col + cols` of b, rounded up to vectors. */
static void FN(pack_b)(const FN(step) *s, ptrdiff_t col, ptrdiff_t cols, T *packed)
{
    FN(pack)(packed, FN(whole_vecs)(cols), cols, s->depth, s->b + col * s->b_col, s->b_col,
             s->b_row);
}

static void FN(run_tiles)(const FN(step) *s)
{
    const tgc_matmul_limits *const limits = &FN(limits)[TGC_MATMUL_TILES];
    const tgc_matmul_view a = {(char *)s->a, s->a_row, s->a_col};
    const tgc_matmul_view b = {(char *)s->b, s->b_row, s->b_col};
    T *const b_packed = tgc_workspace(), *a_packed = NULL;
    if (s->cols > tgc_matmul_in_place_cols(limits, &a, s->depth)) {
        a_packed = b_packed + FN(MAX_DEPTH) * FN(TILE_COLS);
        FN(pack_a)(s, a_packed);
    }
    const int a_in_columns = FN(is_in_columns)(s, a_packed);
    const int packs = s->rows > tgc_matmul_in_place_rows(limits, &b, s->k, a_in_columns);
    /* Tiles of few rows have no time to pack on the way. */
    const int packs_first = packs && a_in_columns && s->b_col == 1 && s->tiles > 1 &&
                            s->rows > s->tiles * FN(FEW_ROWS);
    FN(panel) panel = {.col = 0};
    for (; panel.col < s->cols; panel.col += panel.cols) {
        panel.cols = tgc_min(s->cols - panel.col, FN(TILE_COLS));
        panel.packed = packs_first && panel.cols == FN(TILE_COLS) ? b_packed : NULL;
        if ((packs && !panel.packed) || panel.cols % VL) {
            FN(pack_b)(s, panel.col, panel.cols, b_packed);
            panel.b = b_packed;
            panel.b_row = FN(whole_vecs)(panel.cols);
            panel.b_ahead = FN(packed_ahead)(s->depth, panel.b_row);
        } else {
            panel.b = s->b + panel.col;
            panel.b_row = s->b_row;
            panel.b_ahead = FN(TERMS_AHEAD) * panel.b_row;
        }
        const ptrdiff_t next = tgc_min(panel.col + FN(TILE_COLS), s->cols - 1);
        panel.next = s->b + next * s->b_col;
        panel.next_tile = s->b_col == 1 ? tgc_div(s->depth, s->tiles) * s->b_row
                                        : tgc_div(panel.cols, s->tiles) * s->b_col;
        panel.next_row = s->b_col == 1 ? s->b_row : FN(TILE_COLS);
        FN(run_panel)(s, a_packed, &panel);
    }
}

static void FN(store_dots)(const FN(step) *s, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t col,
                           ptrdiff_t cols, const T *result)
{
    for (ptrdiff_t i = row; i < row + rows; i++, result += FN(DOT_COLS)) {
        T *const y = s->y + i * s->y_row + col * s->y_col;
        for (ptrdiff_t j = 0; j < cols; j++) {
            y[j * s->y_col] =
                s->start ? result[j] + s->start[i * s->start_row + (col + j) * s->start_col]
                         : result[j];
        }
    }
}

/* For few rows, and columns of b that are contiguous along p. */
static void FN(run_dots)(const FN(step) *step)
{
    FN(step) s = *step;
    if (s.a_col != 1) {
        T *const copy = tgc_workspace();
        FN(pack)(copy, s.depth, s.depth, s.rows, s.a, s.a_col, s.a_row);
        s.a = copy;
        s.a_row = s.depth;
    }
    const ptrdiff_t tiles = tgc_ceil_div(s.rows, FN(DOT_ROWS));
    const tgc_shares shares = tgc_share(s.rows, tiles);
    for (ptrdiff_t col = 0; col < s.cols; col += FN(DOT_COLS)) {
        const ptrdiff_t cols = tgc_min(s.cols - col, FN(DOT_COLS));
        const T *b[FN(DOT_COLS)];
        for (ptrdiff_t j = 0; j < FN(DOT_COLS); j++) {
            b[j] = s.b + (col + tgc_min(j, cols - 1)) * s.b_col;
        }
        for (ptrdiff_t t = 0, row = 0, rows; t < tiles; t++, row += rows) {
            rows = tgc_share_size(shares, t);
            T result[FN(DOT_ROWS) * FN(DOT_COLS)];
            FN(dots)[rows - 1](s.depth, s.a + row * s.a_row, s.a_row, b, result);
            FN(store_dots)(&s, row, rows, col, cols, result);
        }
    }
}

/* For very few rows, where the rows of b, start and y are contiguous. */
static void FN(run_axpys)(const FN(step) *s)
{
    ptrdiff_t n;
    for (ptrdiff_t p = 0; p < s->depth; p += n) {
        n = s->depth - p < FN(AXPY_DEPTH) ? 1 : FN(AXPY_DEPTH);
        for (ptrdiff_t i = 0; i < s->rows; i++) {
            T *const y = s->y + i * s->y_row;
            const T *const start = p ? y : s->start ? s->start + i * s->start_row : NULL;
            (n > 1 ? FN(axpy_8) : FN(axpy_1))(s->cols, s->a + i * s->a_row + p * s->a_col,
                                               s->a_col, s->b + p * s->b_row, s->b_row, start, y);
        }
    }
}

static void (*const FN(methods)[TGC_MATMUL_N_METHODS])(const FN(step) *) = {
    [TGC_MATMUL_TILES] = FN(run_tiles),
    [TGC_MATMUL_PACKED] = FN(run_tiles), /* for a caller that does not run it as two calls */
    [TGC_MATMUL_DOTS] = FN(run_dots),
    [TGC_MATMUL_AXPYS] = FN(run_axpys),
};

static void FN(sum_blocks)(const tgc_matmul_block *block)
{
    FN(step) s = {
        .rows = block->rows,
        .tiles = block->tiles,
        .cols = block->cols,
        .k = block->k,
        .a = (const T *)block->a.data,
        .a_row = block->a.row,
        .a_col = block->a.col,
        .b = (const T *)block->b.data,
        .b_row = block->b.row,
        .b_col = block->b.col,
        .start = (const T *)block->start.data,
        .start_row = block->start.row,
        .start_col = block->start.col,
        .y = (T *)block->y.data,
        .y_row = block->y.row,
        .y_col = block->y.col,
    };
    ptrdiff_t p = 0;
    do {
        s.depth = tgc_min(block->k - p, block->depth);
        FN(methods)[block->method](&s);
        s.a += s.depth * s.a_col;
        s.b += s.depth * s.b_row;
        s.start = s.y;
        s.start_row = s.y_row;
        s.start_col = s.y_col;
        p += s.depth;
    } while (p < block->k);
}

static void FN(compute)(const tgc_matmul_block *block)
{
    if (block->method == TGC_MATMUL_NAIVE) {
        FN(tgc_matmul_naive)(block);
    } else {
        FN(sum_blocks)(block);
    }
    FN(activate)(block->activation, block->rows, block->cols, (T *)block->y.data, block->y.row,
                 block->y.col);
}

static void FN(plan)(tgc_call *call)
{
    tgc_matmul_plan(call, FN(limits));
    const ptrdiff_t tiles = FN(MAX_DEPTH) * FN(TILE_COLS) + FN(MAX_ELEMENTS);
    const ptrdiff_t dots = FN(MAX_DOT_DEPTH) * FN(MAX_DOT_ROWS);
    call->workspace = sizeof(T) * (size_t)(tiles > dots ? tiles : dots);
}

#include "packed.template.h"

static void FN(install)(tgc_table table)
{
    const tgc_kernel matmul = {.name = "matmul",
                               .plan = FN(plan),
                               .chunk = tgc_matmul_chunk,
                               .loop = (void (*)(void))FN(compute),
                               .cost = 0.5}; /* of a cycle, with what is between the tiles */
    table[TGC_matmul][TGC_DTYPE] = matmul;
    table[TGC_matmul_pack][TGC_DTYPE] = (tgc_kernel){.name = "matmul_pack",
                                                     .plan = FN(plan_pack),
                                                     .chunk = FN(pack_chunk),
                                                     .cost = 0.5};
    table[TGC_matmul_packed][TGC_DTYPE] = (tgc_kernel){.name = "matmul_packed",
                                                       .plan = FN(plan_packed),
                                                       .chunk = FN(packed_chunk),
                                                       .cost = 0.2 / VL};
}
