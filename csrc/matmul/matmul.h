/*
 * Matrix product: y[..., i, j] = bias[..., i, j] + sum over p of a[..., i, p] b[..., p, j].
 *
 * If the caller names an activation, it is applied to y element by element.
 *
 * Operands: a (..., m, k), b (..., k, n), optionally bias (..., m, n), then y (..., m, n). All
 * have y's leading dimensions; what is broadcast has strides of 0. Strides are free: a transposed
 * matrix is one with its strides swapped. y's elements are distinct and overlap no other operand.
 * Where k is 0, y is the bias, or 0.
 *
 * An element's sum is taken over blocks of p, in order. The shapes and strides of the whole call
 * decide how; the chunk, the tile or the lane that the element falls into makes no difference. No
 * product is left out: 0 * NaN is NaN.
 */
#ifndef TGC_MATMUL_H
#define TGC_MATMUL_H

#include "../runtime/dispatch.h"
#include "../runtime/sizes.h"

/* Ways to compute a product. */
typedef enum {
    TGC_MATMUL_AUTO,   /* the fastest of them */
    TGC_MATMUL_NAIVE,  /* the definition, row by row: the only method for whole numbers */
    TGC_MATMUL_TILES,  /* tiles of y in registers, operands in place or packed chunk by chunk */
    TGC_MATMUL_PACKED, /* the same, with b, or both, packed once, beforehand: no batches */
    TGC_MATMUL_DOTS,   /* dot products: few rows, and b is contiguous along p */
    TGC_MATMUL_AXPYS,  /* y += number * row of b: very few rows, and b is contiguous along j */
    TGC_MATMUL_N_METHODS
} tgc_matmul_method;

/* What is applied to real y in the end, block by block, while a cache holds the block. */
typedef enum {
    TGC_MATMUL_IDENTITY,
    TGC_MATMUL_RELU,
    TGC_MATMUL_TANH,
    TGC_MATMUL_SIGMOID
} tgc_matmul_activation;

/* call->sizes after the plan; the first two are the caller's. */
enum {
    TGC_MATMUL_WANTED, /* a method; if it cannot compute the product, the plan takes another */
    TGC_MATMUL_ACTIVATION,
    TGC_MATMUL_METHOD,
    TGC_MATMUL_M,
    TGC_MATMUL_N,
    TGC_MATMUL_K,
    TGC_MATMUL_BATCH,  /* number of products */
    TGC_MATMUL_GROUP,  /* products of one chunk */
    TGC_MATMUL_DOWN,   /* blocks that y's rows are cut into, in whole tiles */
    TGC_MATMUL_ACROSS, /* blocks that y's columns are cut into; a chunk is a block of both */
    TGC_MATMUL_TILE_ROWS,
    TGC_MATMUL_TILE_COLS,
    TGC_MATMUL_DEPTH, /* terms of one block of the sum */
    /* For PACKED, which is two calls of the same sizes: matmul_pack (a, b, packed) and matmul_packed
     * (a, packed, [bias], y), with the operands as the plan has left them. One of them reads a. */
    TGC_MATMUL_PACKS_A,  /* is it matmul_pack? */
    TGC_MATMUL_ELEMENTS, /* of `packed` */
    TGC_MATMUL_N_SIZES
};

/* Multiplications of the smallest product that is PACKED unasked. */
enum { TGC_MATMUL_PACKED_WORK = 1 << 24 };

/* Bytes of the largest b that a second-level cache holds. */
enum { TGC_MATMUL_IN_PLACE_BYTES = 1 << 20 };

/* What the plan has to know of a method. */
typedef struct {
    ptrdiff_t item_size; /* bytes of an element if the method reads operands in place, else 0 */
    ptrdiff_t tile_rows, tile_cols;
    ptrdiff_t max_rows, max_cols; /* of one chunk */
    ptrdiff_t max_depth;          /* terms of one block of the sum */
    ptrdiff_t short_depth;        /* the same for at most few_rows rows, if b is packed */
    ptrdiff_t few_rows;           /* 0: no number of rows is few */
    ptrdiff_t max_elements;       /* of a: rows of a chunk times terms of a block of the sum */
} tgc_matmul_limits;

/* A matrix in place: element (i, j) is i * row + j * col elements after data. */
typedef struct {
    char *data;
    ptrdiff_t row, col;
} tgc_matmul_view;

/* A block of y, whose rows are dealt out evenly to `tiles` tiles. */
typedef struct {
    ptrdiff_t row, rows, tiles, col, cols;
} tgc_matmul_area;

/* A block of y of one product: y = start + a b over k terms, `depth` at a time. */
typedef struct {
    tgc_matmul_method method;
    tgc_matmul_activation activation;
    ptrdiff_t rows, tiles, cols, k, depth;
    tgc_matmul_view a, b, start, y; /* start.data is NULL where there is no bias */
} tgc_matmul_block;

/* The `loop` of a matmul kernel. */
typedef void tgc_matmul_loop(const tgc_matmul_block *block);

/* Chooses a method, orders the operands for it and cuts y into chunks. `limits` has a row for
 * each method; methods that the kernel lacks have a max_rows of 0. A call may be planned again. */
void tgc_matmul_plan(tgc_call *call, const tgc_matmul_limits *limits);
void tgc_matmul_chunk(const tgc_call *call, ptrdiff_t index);
/* Block number `index` of y. */
tgc_matmul_area tgc_matmul_area_of(const tgc_call *call, ptrdiff_t index);
/* Product number `batch` of an operand, from element (row, col) on. */
tgc_matmul_view tgc_matmul_view_of(const tgc_operand *o, ptrdiff_t batch, ptrdiff_t row,
                                   ptrdiff_t col);

/* The most columns of y for which a chunk reads a in place; `depth` is that of its blocks. */
ptrdiff_t tgc_matmul_in_place_cols(const tgc_matmul_limits *tiles, const tgc_matmul_view *a,
                                   ptrdiff_t depth);
/* The most rows of y for which a chunk reads b in place. `a_in_columns`: do the elements of a
 * column of a tile's rows lie side by side, packed or not? If not, a cache has more to hold. */
ptrdiff_t tgc_matmul_in_place_rows(const tgc_matmul_limits *tiles, const tgc_matmul_view *b,
                                   ptrdiff_t k, int a_in_columns);
/* Is a, for k terms and all columns of y, packed where all of b is packed once? */
int tgc_matmul_packs_a(const tgc_matmul_limits *tiles, const tgc_matmul_view *a, ptrdiff_t k,
                       ptrdiff_t cols);

/* The loops of the naive method. */
tgc_matmul_loop tgc_matmul_naive_u8, tgc_matmul_naive_i32, tgc_matmul_naive_i64,
    tgc_matmul_naive_f32, tgc_matmul_naive_f64;

void tgc_matmul_integer(tgc_table table);
void tgc_matmul_generic(tgc_table table);
void tgc_matmul_avx2(tgc_table table);
void tgc_matmul_avx512(tgc_table table);

#endif
