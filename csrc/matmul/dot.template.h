/*
 * The micro-kernel for operands that are contiguous along k: nothing is packed, vectors run along
 * k, and their lanes are added at the end.
 *
 *     result[i][j] = sum over p < k of a[i * a_row + p] b[j][p],   i < rows, j < DOT_COLS
 */

enum {
    FN(DOT_COLS) = 4,
    FN(DOT_ROWS) = TILE_ROWS > 6 ? 6 : TILE_ROWS > 4 ? 3 : 2
};

/* out[0..3] = the sums over the lanes of a, b, c, d. */
TGC_INLINE void FN(sum_lanes)(vec a, vec b, vec c, vec d, T *out)
{
    vec rows[4] = {a, b, c, d};
#define ADD_PAIRS(to, x, y, w)                                             \
    rows[to] = __builtin_shufflevector(x, y, FN(LANES)(LOW_LANE, w)) +     \
               __builtin_shufflevector(x, y, FN(LANES)(HIGH_LANE, w));
    ADD_PAIRS(0, a, b, 1)
    ADD_PAIRS(1, c, d, 1)
    if (VL == 2) {
        vec_store(out, rows[0]);
        vec_store(out + 2, rows[1]);
        return;
    }
    ADD_PAIRS(0, rows[0], rows[1], 2)
    if (VL > 8) {
        rows[0] += vec_swap(rows[0], 8);
    }
    if (VL > 4) {
        rows[0] += vec_swap(rows[0], 4);
    }
    memcpy(out, &rows[0], 4 * sizeof(T));
#undef ADD_PAIRS
}

/* sum[i][j] += a[i][p] b[j][p] for `lanes` terms from p on. */
TGC_INLINE void FN(add_products)(const int rows, vec *sum, const T *a, ptrdiff_t a_row,
                                 const T *const *b, ptrdiff_t p, ptrdiff_t lanes)
{
    vec ai[FN(DOT_ROWS)];
    TGC_UNROLL
    for (int i = 0; i < rows; i++) {
        ai[i] = vec_load_first(a + i * a_row + p, lanes);
    }
    TGC_UNROLL
    for (int j = 0; j < FN(DOT_COLS); j++) {
        const vec bj = vec_load_first(b[j] + p, lanes);
        TGC_UNROLL
        for (int i = 0; i < rows; i++) {
            sum[i * FN(DOT_COLS) + j] = vec_fma(ai[i], bj, sum[i * FN(DOT_COLS) + j]);
        }
    }
}

TGC_INLINE void FN(dot_tile)(const int rows, ptrdiff_t k, const T *a, ptrdiff_t a_row,
                             const T *const *columns, T *result)
{
    const T *const b[FN(DOT_COLS)] = {columns[0], columns[1], columns[2], columns[3]};
    vec sum[FN(DOT_ROWS) * FN(DOT_COLS)];
    TGC_UNROLL
    for (int i = 0; i < rows * FN(DOT_COLS); i++) {
        sum[i] = vec_zero();
    }
    ptrdiff_t p = 0;
    for (; p + VL <= k; p += VL) {
        FN(add_products)(rows, sum, a, a_row, b, p, VL);
    }
    if (p < k) {
        FN(add_products)(rows, sum, a, a_row, b, p, k - p);
    }
    TGC_UNROLL
    for (int i = 0; i < rows; i++) {
        const vec *const s = sum + i * FN(DOT_COLS);
        FN(sum_lanes)(s[0], s[1], s[2], s[3], result + i * FN(DOT_COLS));
    }
}

typedef void FN(dot)(ptrdiff_t k, const T *a, ptrdiff_t a_row, const T *const *b, T *result);

#define DOT(rows)                                                                              \
    static void FN(dot_##rows)(ptrdiff_t k, const T *a, ptrdiff_t a_row, const T *const *b,    \
                               T *result)                                                      \
    {                                                                                          \
        FN(dot_tile)(rows, k, a, a_row, b, result);                                            \
    }

DOT(1) DOT(2)
#if TILE_ROWS > 4
DOT(3)
#endif
#if TILE_ROWS > 6
DOT(4) DOT(5) DOT(6)
#endif

/* [rows - 1] */
static FN(dot) *const FN(dots)[FN(DOT_ROWS)] = {
    FN(dot_1), FN(dot_2),
#if TILE_ROWS > 4
    FN(dot_3),
#endif
#if TILE_ROWS > 6
    FN(dot_4), FN(dot_5), FN(dot_6),
#endif
};

#undef DOT
