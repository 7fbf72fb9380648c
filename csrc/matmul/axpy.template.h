/*
 * The micro-kernel for very few rows: b is read once, along its rows, `depth` of them at a time.
 *
 *     y[j] = start[j] + sum over p < depth of a[p * a_col] b[p * b_row + j],   j < cols
 *
 * `start` may be y itself, or NULL for zeros.
 */

enum { FN(AXPY_DEPTH) = 8 };

TGC_INLINE vec FN(sum_rows)(const int depth, const vec *a, const T *b, ptrdiff_t b_row,
                            ptrdiff_t lanes)
{
    vec sum = vec_zero();
    TGC_UNROLL
    for (int p = 0; p < depth; p++) {
        sum = vec_fma(a[p], vec_load_first(b + p * b_row, lanes), sum);
    }
    return sum;
}

TGC_INLINE void FN(axpy)(const int depth, ptrdiff_t cols, const T *a, ptrdiff_t a_col, const T *b,
                         ptrdiff_t b_row, const T *start, T *y)
{
    vec factor[FN(AXPY_DEPTH)];
    TGC_UNROLL
    for (int p = 0; p < depth; p++) {
        factor[p] = vec_set1(a[p * a_col]);
    }
    ptrdiff_t j = 0;
    for (; j + VL <= cols; j += VL) {
        const vec sum = FN(sum_rows)(depth, factor, b + j, b_row, VL);
        vec_store(y + j, start ? sum + vec_load(start + j) : sum);
    }
    if (j < cols) {
        const vec sum = FN(sum_rows)(depth, factor, b + j, b_row, cols - j);
        vec_storen(y + j, start ? sum + vec_loadn(start + j, cols - j) : sum, cols - j);
    }
}

static void FN(axpy_1)(ptrdiff_t cols, const T *a, ptrdiff_t a_col, const T *b, ptrdiff_t b_row,
                       const T *start, T *y)
{
    FN(axpy)(1, cols, a, a_col, b, b_row, start, y);
}

static void FN(axpy_8)(ptrdiff_t cols, const T *a, ptrdiff_t a_col, const T *b, ptrdiff_t b_row,
                       const T *start, T *y)
{
    FN(axpy)(FN(AXPY_DEPTH), cols, a, a_col, b, b_row, start, y);
}
