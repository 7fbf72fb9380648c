/*
 * The micro-kernel for very few rows: b is read once, along its rows, 8 of them at a time.
 *
 *     y[j] = start[j] + sum over p < depth of a[p * a_col] b[p * b_row + j],   j < cols
 *
 * `start` may be y itself, or NULL for zeros.
 */

#define LOAD_A(p) const vec a##p = vec_set1(a[p * a_col]);
#define FMA_ROW(p) sum = vec_fma(a##p, vec_load(b + p * b_row + j), sum);
#define FMA_ROWN(p) sum = vec_fma(a##p, vec_loadn(b + p * b_row + j, cols - j), sum);

#define AXPY(depth)                                                                        \
    static void FN(axpy_##depth)(ptrdiff_t cols, const T *a, ptrdiff_t a_col, const T *b,  \
                                 ptrdiff_t b_row, const T *start, T *y)                    \
    {                                                                                      \
        EACH_##depth(LOAD_A)                                                               \
        ptrdiff_t j = 0;                                                                   \
        for (; j + VL <= cols; j += VL) {                                                  \
            vec sum = vec_zero();                                                          \
            EACH_##depth(FMA_ROW)                                                          \
            vec_store(y + j, start ? sum + vec_load(start + j) : sum);                     \
        }                                                                                  \
        if (j < cols) {                                                                    \
            vec sum = vec_zero();                                                          \
            EACH_##depth(FMA_ROWN)                                                         \
            sum = start ? sum + vec_loadn(start + j, cols - j) : sum;                      \
            vec_storen(y + j, sum, cols - j);                                              \
        }                                                                                  \
    }

AXPY(1)
AXPY(8)
