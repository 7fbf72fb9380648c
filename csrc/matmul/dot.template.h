/*
 * The micro-kernel for operands that are contiguous along k: nothing is packed, the vectors run
 * along k, and the lanes are added at the end.
 *
 *     result[i][j] = sum over p < k of a[i * a_row + p] b[j * b_col + p],   i < rows, j < 4
 */

enum { FN(DOT_COLS) = 4 };

typedef void FN(dot)(ptrdiff_t k, const T *a, ptrdiff_t a_row, const T *const *b, T *result);

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

#define DOT_ZERO(i) vec c##i##_0 = vec_zero(), c##i##_1 = c##i##_0, c##i##_2 = c##i##_0, c##i##_3 = c##i##_0;
#define DOT_LOAD(i) const vec a##i = vec_load(a + i * a_row + p);
#define DOT_LOADN(i) const vec a##i = vec_loadn(a + i * a_row + p, k - p);
#define DOT_COL_0(i) c##i##_0 = vec_fma(a##i, bj, c##i##_0);
#define DOT_COL_1(i) c##i##_1 = vec_fma(a##i, bj, c##i##_1);
#define DOT_COL_2(i) c##i##_2 = vec_fma(a##i, bj, c##i##_2);
#define DOT_COL_3(i) c##i##_3 = vec_fma(a##i, bj, c##i##_3);
#define DOT_COL(rows, j, load)     \
    {                              \
        const vec bj = load;       \
        EACH_##rows(DOT_COL_##j)   \
    }
#define DOT_SUM(i) FN(sum_lanes)(c##i##_0, c##i##_1, c##i##_2, c##i##_3, result + 4 * i);

#define DOT(rows)                                                                              \
    static void FN(dot_##rows)(ptrdiff_t k, const T *a, ptrdiff_t a_row, const T *const *b,    \
                               T *result)                                                      \
    {                                                                                          \
        const T *b0 = b[0], *b1 = b[1], *b2 = b[2], *b3 = b[3];                                \
        EACH_##rows(DOT_ZERO)                                                                  \
        ptrdiff_t p = 0;                                                                       \
        for (; p + VL <= k; p += VL) {                                                         \
            EACH_##rows(DOT_LOAD)                                                              \
            DOT_COL(rows, 0, vec_load(b0 + p))                                                 \
            DOT_COL(rows, 1, vec_load(b1 + p))                                                 \
            DOT_COL(rows, 2, vec_load(b2 + p))                                                 \
            DOT_COL(rows, 3, vec_load(b3 + p))                                                 \
        }                                                                                      \
        if (p < k) {                                                                           \
            EACH_##rows(DOT_LOADN)                                                             \
            DOT_COL(rows, 0, vec_loadn(b0 + p, k - p))                                         \
            DOT_COL(rows, 1, vec_loadn(b1 + p, k - p))                                         \
            DOT_COL(rows, 2, vec_loadn(b2 + p, k - p))                                         \
            DOT_COL(rows, 3, vec_loadn(b3 + p, k - p))                                         \
        }                                                                                      \
        EACH_##rows(DOT_SUM)                                                                   \
    }

DOT(1)
DOT(2)
#if TILE_ROWS > 4
DOT(3)
#endif
#if TILE_ROWS > 6
DOT(4)
DOT(5)
DOT(6)
#endif

/* [rows - 1] */
static FN(dot) *const FN(dots)[] = {
    FN(dot_1), FN(dot_2),
#if TILE_ROWS > 4
    FN(dot_3),
#endif
#if TILE_ROWS > 6
    FN(dot_4), FN(dot_5), FN(dot_6),
#endif
};

enum { FN(DOT_ROWS) = sizeof FN(dots) / sizeof FN(dots)[0] };
