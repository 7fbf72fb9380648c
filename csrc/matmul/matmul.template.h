/*
 * The blocked product for one real type and one ISA.
 *
 * A chunk is a block of y. Its sum goes over blocks of p; for each, a's rows are packed into tiles
 * that stay in the second-level cache, and panels of b, one tile wide, are packed into the
 * first-level cache and met with all the tiles of a. An operand whose elements are used only a few
 * times is read in place: packing would cost more than it saves.
 *
 * Assumed: MAX_ROWS * MAX_DEPTH elements fit half the second-level cache, MAX_DEPTH * TILE_COLS
 * half the first-level cache.
 */
#include "tile.template.h"

#include "pack.template.h"

#include "dot.template.h"

#include "axpy.template.h"

enum {
    FN(MAX_DEPTH) = 256,
    FN(MAX_ROWS) = CACHED_ROWS * 4 / sizeof(T),
    FN(MAX_DOT_ROWS) = 32,
    FN(MAX_DOT_DEPTH) = 2048,
    /* Panels of b are packed a few at a time: its rows are read in longer runs. */
    FN(PACK_COLS) = 4 * FN(TILE_COLS),
    /* For as many columns of y, a is read in place. */
    FN(IN_PLACE_COLS) = 8 * FN(TILE_COLS),
    /* For as many rows of y, b is read in place; for the second number if its block is small. */
    FN(IN_PLACE_ROWS) = 4 * TILE_ROWS,
    FN(IN_CACHE_ROWS) = 16 * TILE_ROWS,
    FN(IN_CACHE_ELEMENTS) = 65536 * 4 / sizeof(T),
};

/* One block of the sum: y = start + a b over `depth` terms. */
typedef struct {
    ptrdiff_t rows, cols, depth;
    const T *a, *b, *start;
    ptrdiff_t a_row, a_col, b_row, b_col, start_row, start_col;
    T *y;
    ptrdiff_t y_row, y_col;
} FN(step);

/* Columns `col` to `col + cols` of b, as the micro-kernel reads them. */
typedef struct {
    ptrdiff_t col, cols;
    const T *b;
    ptrdiff_t b_row;
} FN(panel);

static ptrdiff_t FN(at_most)(ptrdiff_t n, ptrdiff_t limit)
{
    return n < limit ? n : limit;
}

static ptrdiff_t FN(whole_vecs)(ptrdiff_t cols)
{
    return (cols + VL - 1) / VL * VL;
}

/* The first row of tile `index` when `rows` are dealt out evenly to `tiles` tiles. */
static ptrdiff_t FN(tile_row)(ptrdiff_t rows, ptrdiff_t tiles, ptrdiff_t index)
{
    return rows / tiles * index + FN(at_most)(index, rows % tiles);
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

/* A tile that is not whole vectors of y: it is made on the stack. */
static void FN(run_edge)(const FN(step) *s, FN(tile) *tile, ptrdiff_t row, ptrdiff_t rows,
                         const FN(panel) *panel, const T *a, ptrdiff_t a_row, ptrdiff_t a_col)
{
    T result[TILE_ROWS * FN(TILE_COLS)];
    const ptrdiff_t col = panel->col, cols = panel->cols, width = FN(whole_vecs)(cols);
    if (s->start) {
        const T *const start = s->start + row * s->start_row + col * s->start_col;
        memset(result, 0, sizeof result);
        FN(copy)(rows, cols, start, s->start_row, s->start_col, result, width, 1);
        tile(s->depth, a, a_row, a_col, panel->b, panel->b_row, result, width, result, width);
    } else {
        tile(s->depth, a, a_row, a_col, panel->b, panel->b_row, NULL, 0, result, width);
    }
    FN(copy)(rows, cols, result, width, 1, s->y + row * s->y_row + col * s->y_col, s->y_row,
             s->y_col);
}

/* All rows of y for the columns of a panel. */
static void FN(run_panel)(const FN(step) *s, const T *a_packed, const FN(panel) *panel)
{
    const ptrdiff_t col = panel->col, width = FN(whole_vecs)(panel->cols);
    const int whole =
        panel->cols == width && s->y_col == 1 && (!s->start || s->start_col == 1);
    const ptrdiff_t tiles = (s->rows + TILE_ROWS - 1) / TILE_ROWS;
    for (ptrdiff_t t = 0; t < tiles; t++) {
        const ptrdiff_t row = FN(tile_row)(s->rows, tiles, t);
        const ptrdiff_t rows = FN(tile_row)(s->rows, tiles, t + 1) - row;
        const T *const a = a_packed ? a_packed + row * s->depth : s->a + row * s->a_row;
        const ptrdiff_t a_row = a_packed ? 1 : s->a_row, a_col = a_packed ? rows : s->a_col;
        FN(tile) *const tile = FN(tiles)[rows - 1][width / VL - 1];
        if (whole) {
            const T *start = s->start ? s->start + row * s->start_row + col : NULL;
            tile(s->depth, a, a_row, a_col, panel->b, panel->b_row, start, s->start_row,
                 s->y + row * s->y_row + col, s->y_row);
        } else {
            FN(run_edge)(s, tile, row, rows, panel, a, a_row, a_col);
        }
    }
}

static void FN(pack_a)(const FN(step) *s, T *packed)
{
    const ptrdiff_t tiles = (s->rows + TILE_ROWS - 1) / TILE_ROWS;
    for (ptrdiff_t t = 0; t < tiles; t++) {
        const ptrdiff_t row = FN(tile_row)(s->rows, tiles, t);
        const ptrdiff_t rows = FN(tile_row)(s->rows, tiles, t + 1) - row;
        FN(pack)(packed + row * s->depth, rows, rows, s->depth, s->a + row * s->a_row, s->a_row,
                 s->a_col);
    }
}

/* Packs columns `col` to `col + cols` of b, panel after panel. */
static void FN(pack_b)(const FN(step) *s, ptrdiff_t col, ptrdiff_t cols, T *packed)
{
    const T *const b = s->b + col * s->b_col;
    ptrdiff_t done = 0;
    if (s->b_col == 1) {
        done = cols / FN(TILE_COLS) * FN(TILE_COLS);
        FN(pack_panels)(packed, done, s->depth, b, s->b_row);
    }
    for (; done < cols; done += FN(TILE_COLS)) {
        const ptrdiff_t lanes = FN(at_most)(cols - done, FN(TILE_COLS));
        FN(pack)(packed + done * s->depth, FN(whole_vecs)(lanes), lanes, s->depth,
                 b + done * s->b_col, s->b_col, s->b_row);
    }
}

/* More rows at a distance of 4096 bytes than the first-level cache has ways evict each other. */
static int FN(packs_a)(const FN(step) *s)
{
    const int collide = TILE_ROWS > 8 && s->a_row * (ptrdiff_t)sizeof(T) % 4096 == 0;
    return s->cols > FN(IN_PLACE_COLS) || (collide && s->cols > FN(TILE_COLS));
}

static int FN(packs_b)(const FN(step) *s)
{
    const ptrdiff_t distance = s->b_row < 0 ? -s->b_row : s->b_row;
    const int in_cache = distance * s->depth <= FN(IN_CACHE_ELEMENTS);
    return s->b_col != 1 || s->rows > (in_cache ? FN(IN_CACHE_ROWS) : FN(IN_PLACE_ROWS));
}

static void FN(run_tiles)(const FN(step) *s)
{
    T *const b_packed = tgc_workspace();
    T *const a_packed = FN(packs_a)(s) ? b_packed + FN(MAX_DEPTH) * FN(PACK_COLS) : NULL;
    const int packs_b = FN(packs_b)(s);
    if (a_packed) {
        FN(pack_a)(s, a_packed);
    }
    FN(panel) panel = {.col = 0};
    for (; panel.col < s->cols; panel.col += panel.cols) {
        const ptrdiff_t left = s->cols - panel.col, at = panel.col % FN(PACK_COLS);
        panel.cols = FN(at_most)(left, FN(TILE_COLS));
        if (packs_b && at == 0) {
            FN(pack_b)(s, panel.col, FN(at_most)(left, FN(PACK_COLS)), b_packed);
        }
        if (packs_b) {
            panel.b = b_packed + at * s->depth;
            panel.b_row = FN(whole_vecs)(panel.cols);
        } else if (panel.cols % VL) {
            FN(pack_b)(s, panel.col, panel.cols, b_packed);
            panel.b = b_packed;
            panel.b_row = FN(whole_vecs)(panel.cols);
        } else {
            panel.b = s->b + panel.col;
            panel.b_row = s->b_row;
        }
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
        FN(copy)(s.rows, s.depth, s.a, s.a_row, s.a_col, copy, s.depth, 1);
        s.a = copy;
        s.a_row = s.depth;
    }
    const ptrdiff_t tiles = (s.rows + FN(DOT_ROWS) - 1) / FN(DOT_ROWS);
    for (ptrdiff_t col = 0; col < s.cols; col += FN(DOT_COLS)) {
        const ptrdiff_t cols = FN(at_most)(s.cols - col, FN(DOT_COLS));
        const T *b[FN(DOT_COLS)];
        for (ptrdiff_t j = 0; j < FN(DOT_COLS); j++) {
            b[j] = s.b + (col + FN(at_most)(j, cols - 1)) * s.b_col;
        }
        for (ptrdiff_t t = 0; t < tiles; t++) {
            T result[FN(DOT_ROWS) * FN(DOT_COLS)];
            const ptrdiff_t row = FN(tile_row)(s.rows, tiles, t);
            const ptrdiff_t rows = FN(tile_row)(s.rows, tiles, t + 1) - row;
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
        n = s->depth - p < 8 ? 1 : 8;
        for (ptrdiff_t i = 0; i < s->rows; i++) {
            T *const y = s->y + i * s->y_row;
            const T *const start = p ? y : s->start ? s->start + i * s->start_row : NULL;
            (n == 8 ? FN(axpy_8) : FN(axpy_1))(s->cols, s->a + i * s->a_row + p * s->a_col,
                                               s->a_col, s->b + p * s->b_row, s->b_row, start, y);
        }
    }
}

static void (*const FN(methods)[TGC_MATMUL_N_METHODS])(const FN(step) *) = {
    [TGC_MATMUL_TILES] = FN(run_tiles),
    [TGC_MATMUL_DOTS] = FN(run_dots),
    [TGC_MATMUL_AXPYS] = FN(run_axpys),
};

static void FN(product)(const tgc_matmul_block *block)
{
    FN(step) s = {
        .rows = block->rows,
        .cols = block->cols,
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
        s.depth = FN(at_most)(block->k - p, block->depth);
        FN(methods)[block->method](&s);
        s.a += s.depth * s.a_col;
        s.b += s.depth * s.b_row;
        s.start = s.y;
        s.start_row = s.y_row;
        s.start_col = s.y_col;
        p += s.depth;
    } while (p < block->k);
}

static const tgc_matmul_limits FN(limits)[TGC_MATMUL_N_METHODS] = {
    [TGC_MATMUL_TILES] = {TILE_ROWS, FN(TILE_COLS), FN(MAX_ROWS), 512, FN(MAX_DEPTH)},
    [TGC_MATMUL_DOTS] = {FN(DOT_ROWS), FN(DOT_COLS), FN(MAX_DOT_ROWS), 512, FN(MAX_DOT_DEPTH)},
    [TGC_MATMUL_AXPYS] = {1, 512, 8, 4096, 256},
};

static void FN(plan)(tgc_call *call)
{
    tgc_matmul_plan(call, FN(limits));
    const ptrdiff_t tiles = FN(MAX_DEPTH) * (FN(PACK_COLS) + FN(MAX_ROWS) + TILE_ROWS) + VL;
    const ptrdiff_t dots = FN(MAX_DOT_DEPTH) * FN(MAX_DOT_ROWS);
    call->workspace = sizeof(T) * (size_t)(tiles > dots ? tiles : dots);
}

static void FN(install)(tgc_table table)
{
    table[TGC_matmul][TGC_DTYPE] = (tgc_kernel){.name = "matmul",
                                                .plan = FN(plan),
                                                .chunk = tgc_matmul_chunk,
                                                .loop = (void (*)(void))FN(product),
                                                .cost = 0.2 / VL};
}
