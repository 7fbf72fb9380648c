/*
 * The micro-kernel: a tile of y that stays in registers while k runs.
 *
 *     y[i][j] = start[i][j] + sum over p < k of a[i][p] b[p][j],   i < rows, j < vecs * VL
 *
 * a[i][p] is at a[i * a_row + p * a_col]; the rows of b, start and y are contiguous. `start` may
 * be y itself, or NULL for zeros. The accumulators are variables that macros name: an array of
 * them would end on the stack. The file that includes this one defines TILE_ROWS, the most rows.
 */

#define EACH_1(X) X(0)
#define EACH_2(X) EACH_1(X) X(1)
#define EACH_3(X) EACH_2(X) X(2)
#define EACH_4(X) EACH_3(X) X(3)
#define EACH_5(X) EACH_4(X) X(4)
#define EACH_6(X) EACH_5(X) X(5)
#define EACH_7(X) EACH_6(X) X(6)
#define EACH_8(X) EACH_7(X) X(7)
#define EACH_9(X) EACH_8(X) X(8)
#define EACH_10(X) EACH_9(X) X(9)
#define EACH_11(X) EACH_10(X) X(10)
#define EACH_12(X) EACH_11(X) X(11)
#define EACH_13(X) EACH_12(X) X(12)
#define EACH_14(X) EACH_13(X) X(13)

enum { FN(TILE_COLS) = 2 * VL };

typedef void FN(tile)(ptrdiff_t k, const T *a, ptrdiff_t a_row, ptrdiff_t a_col, const T *b,
                      ptrdiff_t b_row, const T *start, ptrdiff_t start_row, T *y,
                      ptrdiff_t y_row);

/* Element i of a's column. Rows from 7 on count from a second pointer, so that the distances of
 * all of them fit the general registers. */
#define A(i) ((i) < 7 ? a[(i) * a_row] : a7[((i) - 7) * a_row])

#define ZERO_1(i) vec c##i##_0 = vec_zero();
#define ZERO_2(i) ZERO_1(i) vec c##i##_1 = c##i##_0;

#define LOAD_B_1 const vec b0 = vec_load(b);
#define LOAD_B_2 LOAD_B_1 const vec b1 = vec_load(b + VL);
#define FMA_1(i) c##i##_0 = vec_fma(ai, b0, c##i##_0);
#define FMA_2(i) FMA_1(i) c##i##_1 = vec_fma(ai, b1, c##i##_1);

#define STEP_1(i) { const vec ai = vec_set1(A(i)); FMA_1(i) }
#define STEP_2(i) { const vec ai = vec_set1(A(i)); FMA_2(i) }

#define ADD_VEC(i, j) c##i##_##j += vec_load(start + i * start_row + j * VL);
#define ADD_1(i) ADD_VEC(i, 0)
#define ADD_2(i) ADD_1(i) ADD_VEC(i, 1)

#define STORE_VEC(i, j) vec_store(y + i * y_row + j * VL, c##i##_##j);
#define STORE_1(i) STORE_VEC(i, 0)
#define STORE_2(i) STORE_1(i) STORE_VEC(i, 1)

#define TILE(rows, vecs)                                                                        \
    static void FN(tile_##rows##x##vecs)(                                                       \
        ptrdiff_t k, const T *a, ptrdiff_t a_row, ptrdiff_t a_col, const T *b, ptrdiff_t b_row, \
        const T *start, ptrdiff_t start_row, T *y, ptrdiff_t y_row)                             \
    {                                                                                           \
        const T *a7 = rows > 7 ? a + 7 * a_row : a;                                             \
        /* The compiler would otherwise see through the second pointer and drop it. */          \
        __asm__("" : "+r"(a7));                                                                 \
        EACH_##rows(ZERO_##vecs)                                                                \
        for (; k > 0; k--, a += a_col, a7 += a_col, b += b_row) {                               \
            LOAD_B_##vecs                                                                       \
            EACH_##rows(STEP_##vecs)                                                            \
        }                                                                                       \
        if (start) {                                                                            \
            EACH_##rows(ADD_##vecs)                                                             \
        }                                                                                       \
        EACH_##rows(STORE_##vecs)                                                               \
    }

#define TILES(rows) TILE(rows, 1) TILE(rows, 2)

TILES(1) TILES(2) TILES(3) TILES(4)
#if TILE_ROWS > 4
TILES(5) TILES(6)
#endif
#if TILE_ROWS > 6
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12) TILES(13) TILES(14)
#endif

#define ENTRY(rows) {FN(tile_##rows##x1), FN(tile_##rows##x2)},

/* [rows - 1][vecs - 1] */
static FN(tile) *const FN(tiles)[TILE_ROWS][2] = {
    ENTRY(1) ENTRY(2) ENTRY(3) ENTRY(4)
#if TILE_ROWS > 4
    ENTRY(5) ENTRY(6)
#endif
#if TILE_ROWS > 6
    ENTRY(7) ENTRY(8) ENTRY(9) ENTRY(10) ENTRY(11) ENTRY(12) ENTRY(13) ENTRY(14)
#endif
};
