/*
 * The micro-kernels: a tile of y that stays in registers while k runs.
 *
 *     y[i][j] = start[i][j] + sum over p < k of a[i][p] b[p][j],   i < rows, j < vecs * VL
 *
 * The rows of b, start and y are contiguous. `start` may be y itself, or NULL for zeros. The file
 * that includes this one defines TILE_ROWS, the most rows.
 *
 * A kernel is one function of constants, inlined into one function per choice of them: its array
 * of vectors stays in registers once the loops are unrolled (tests/csrc/test_registers.py looks).
 */

enum {
    FN(TILE_COLS) = 2 * VL,
    /* Terms between two prefetches of what comes next. */
    FN(FETCH) = 16,
    /* Terms between prefetching a line of a or b into the first-level cache and reading it. */
    FN(TERMS_AHEAD) = 8,
    /* A tile of a packed a with at most this many rows prefetches neither: it has no time. */
    FN(FEW_ROWS) = TILE_ROWS * 2 / 3,
};

TGC_INLINE void FN(fetch_vecs)(const int vecs, const T *row)
{
    TGC_UNROLL
    for (int i = 0; i < vecs * VL; i += 64 / (int)sizeof(T)) {
        __builtin_prefetch(row + i);
    }
}

/* sum[i * vecs + v] += a[i] b[v] for one term; a[i] is at a[i * a_row] up to row 6, and from row 7
 * on at a7[(i - 7) * a_row]. With `packs`, the row of b is also copied to b_packed. */
TGC_INLINE void FN(add_term)(const int rows, const int vecs, const int packs, vec *sum,
                             const T *a, const T *a7, ptrdiff_t a_row, const T *b, T *b_packed)
{
    const vec b0 = vec_load(b), b1 = vecs > 1 ? vec_load(b + VL) : b0;
    if (packs) {
        vec_store(b_packed, b0);
        vec_store(b_packed + (vecs - 1) * VL, b1);
    }
    TGC_UNROLL
    for (int i = 0; i < rows; i++) {
        const vec x = vec_set1(i < 7 ? a[i * a_row] : a7[(i - 7) * a_row]);
        sum[i * vecs] = vec_fma(x, b0, sum[i * vecs]);
        if (vecs > 1) {
            sum[i * vecs + 1] = vec_fma(x, b1, sum[i * vecs + 1]);
        }
    }
}

TGC_INLINE void FN(clear)(const int n, vec *sum)
{
    TGC_UNROLL
    for (int i = 0; i < n; i++) {
        sum[i] = vec_zero();
    }
}

TGC_INLINE void FN(store_tile)(const int rows, const int vecs, vec *sum, const T *start,
                               ptrdiff_t start_row, T *y, ptrdiff_t y_row)
{
    if (start) {
        TGC_UNROLL
        for (int i = 0; i < rows * vecs; i++) {
            sum[i] += vec_load(start + i / vecs * start_row + i % vecs * VL);
        }
    }
    TGC_UNROLL
    for (int i = 0; i < rows * vecs; i++) {
        vec_store(y + i / vecs * y_row + i % vecs * VL, sum[i]);
    }
}

/* What a micro-kernel computes: y = start + a b over k terms. */
typedef struct {
    ptrdiff_t k;
    /* a[i][p] is at a[i * a_row + p * a_col]; packed or transposed, a_row is 1. */
    const T *a;
    ptrdiff_t a_row, a_col;
    const T *b;
    ptrdiff_t b_row;
    ptrdiff_t b_ahead; /* from the row of a term to the row that is prefetched with it */
    T *b_packed;       /* where a kernel that packs stores the rows one after the other */
    const T *start;
    ptrdiff_t start_row;
    T *y;
    ptrdiff_t y_row;
    const T *ahead; /* rows that are needed after this tile */
    ptrdiff_t ahead_row;
} FN(tile);

TGC_INLINE void FN(in_place_tile)(const int rows, const int vecs, const FN(tile) *t)
{
    vec sum[2 * TILE_ROWS];
    const T *a = t->a, *b = t->b;
    const ptrdiff_t a_row = t->a_row, a_col = t->a_col, b_row = t->b_row, b_ahead = t->b_ahead;
    FN(clear)(rows * vecs, sum);
    /* With a second pointer the distances of all rows fit into the general registers. Without the
     * asm, the compiler would find out what it is and drop it. */
    const T *a7 = rows > 7 ? a + 7 * a_row : a;
    __asm__("" : "+r"(a7));
    for (ptrdiff_t k = t->k; k > 0; k--, a += a_col, a7 += a_col, b += b_row) {
        FN(fetch_vecs)(vecs, b + b_ahead);
        FN(add_term)(rows, vecs, 0, sum, a, a7, a_row, b, NULL);
    }
    FN(store_tile)(rows, vecs, sum, t->start, t->start_row, t->y, t->y_row);
}

/* a_row is 1. Where there is time for it, every term prefetches the elements of a and b TERMS_AHEAD
 * terms further on. Every FETCH terms, two vectors of a row that comes next are prefetched into the
 * second-level cache: first the rows of y, then those at `ahead`. */
TGC_INLINE void FN(packed_tile)(const int rows, const int vecs, const int packs,
                                const FN(tile) *t)
{
    vec sum[2 * TILE_ROWS];
    const T *a = t->a, *b = t->b, *fetch = t->y;
    T *b_packed = t->b_packed;
    const ptrdiff_t a_col = t->a_col, b_row = t->b_row, b_ahead = t->b_ahead;
    ptrdiff_t k = t->k, fetch_row = t->y_row;
    FN(clear)(rows * vecs, sum);
    for (int row = 1; k > 0; k -= FN(FETCH), row++) {
        __builtin_prefetch(fetch, 0, 2);
        __builtin_prefetch(fetch + VL, 0, 2);
        fetch += fetch_row;
        if (row == rows) {
            fetch = t->ahead;
            fetch_row = t->ahead_row;
        }
        for (ptrdiff_t n = tgc_min(k, FN(FETCH)); n > 0; n--, a += a_col, b += b_row) {
            if (rows > FN(FEW_ROWS)) {
                __builtin_prefetch(a + FN(TERMS_AHEAD) * a_col);
                if (rows * (int)sizeof(T) > 32) { /* mostly on a second line */
                    __builtin_prefetch(a + FN(TERMS_AHEAD) * a_col + rows - 1);
                }
                FN(fetch_vecs)(vecs, b + b_ahead);
            }
            FN(add_term)(rows, vecs, packs, sum, a, a + 7, 1, b, b_packed);
            if (packs) {
                b_packed += vecs * VL;
            }
        }
    }
    FN(store_tile)(rows, vecs, sum, t->start, t->start_row, t->y, t->y_row);
}

typedef void FN(kernel)(const FN(tile) *t);

#define KERNELS(rows)                                                                            \
    static void FN(tile_##rows##x1)(const FN(tile) *t) { FN(in_place_tile)(rows, 1, t); }        \
    static void FN(tile_##rows##x2)(const FN(tile) *t) { FN(in_place_tile)(rows, 2, t); }        \
    static void FN(packed_##rows##x1)(const FN(tile) *t) { FN(packed_tile)(rows, 1, 0, t); }     \
    static void FN(packed_##rows##x2)(const FN(tile) *t) { FN(packed_tile)(rows, 2, 0, t); }     \
    static void FN(packing_##rows##x2)(const FN(tile) *t) { FN(packed_tile)(rows, 2, 1, t); }
#define IN_PLACE(rows) {FN(tile_##rows##x1), FN(tile_##rows##x2)},
#define PACKED(rows) {FN(packed_##rows##x1), FN(packed_##rows##x2)},
#define PACKING(rows) (rows) > FN(FEW_ROWS) ? FN(packing_##rows##x2) : NULL,

EACH_ROWS(KERNELS)

/* [rows - 1][vecs - 1] */
static FN(kernel) *const FN(in_place_tiles)[TILE_ROWS][2] = {EACH_ROWS(IN_PLACE)};
static FN(kernel) *const FN(packed_tiles)[TILE_ROWS][2] = {EACH_ROWS(PACKED)};
/* [rows - 1], of two vectors */
static FN(kernel) *const FN(packing_tiles)[TILE_ROWS] = {EACH_ROWS(PACKING)};

#undef KERNELS
#undef IN_PLACE
#undef PACKED
#undef PACKING
