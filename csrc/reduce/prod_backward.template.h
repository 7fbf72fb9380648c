/* prod_backward.c for one real type (T). */

/* y[i][k] = before[i] after[i] times all a[i][j] but j = k, for rows of n elements. What comes after
 * an element is written first, what comes before it is multiplied on the way back. */
TGC_INLINE void FN(prod_rows)(const int rows, ptrdiff_t n, const T *before, const T *after,
                              const T *a, T *y)
{
    T product[BESIDE];
    for (int i = 0; i < rows; i++) {
        product[i] = after[i];
    }
    for (ptrdiff_t k = n - 1; k >= 0; k--) {
        TGC_UNROLL
        for (int i = 0; i < rows; i++) {
            y[i * n + k] = product[i];
            product[i] *= a[i * n + k];
        }
    }
    for (int i = 0; i < rows; i++) {
        product[i] = before[i];
    }
    for (ptrdiff_t k = 0; k < n; k++) {
        TGC_UNROLL
        for (int i = 0; i < rows; i++) {
            y[i * n + k] *= product[i];
            product[i] *= a[i * n + k];
        }
    }
}

/* A long row, in BESIDE parts of equal length and a rest. */
static void FN(prod_long_row)(ptrdiff_t n, T grad, const T *a, T *y)
{
    const ptrdiff_t part = n / BESIDE, rest = n - part * BESIDE;
    T products[BESIDE] = {1, 1, 1, 1}, before[BESIDE + 1] = {grad}, after[BESIDE];
    for (ptrdiff_t k = 0; k < part; k++) {
        TGC_UNROLL
        for (int i = 0; i < BESIDE; i++) {
            products[i] *= a[i * part + k];
        }
    }
    T behind = 1;
    for (ptrdiff_t k = n - 1; k >= n - rest; k--) {
        behind *= a[k];
    }
    for (int i = 0; i < BESIDE; i++) {
        before[i + 1] = before[i] * products[i];
    }
    for (int i = BESIDE - 1; i >= 0; i--) {
        after[i] = behind;
        behind *= products[i];
    }
    FN(prod_rows)(BESIDE, part, before, after, a, y);
    FN(prod_rows)(1, rest, before + BESIDE, (const T[]){1}, a + n - rest, y + n - rest);
}

static void FN(prod_backward)(const tgc_call *call, ptrdiff_t index)
{
    static const T ones[BESIDE] = {1, 1, 1, 1};
    const tgc_operand *const grad = &call->operands[0], *const a = &call->operands[1];
    const ptrdiff_t n = a->shape[1], step = grad->strides[0];
    const ptrdiff_t begin = index * rows_of_chunk(call);
    const ptrdiff_t end = tgc_min(begin + rows_of_chunk(call), a->shape[0]);
    const T *const g = (const T *)grad->data, *const x = (const T *)a->data;
    T *const y = (T *)call->operands[2].data;
    ptrdiff_t i = begin;
    for (; i + BESIDE <= end; i += BESIDE) {
        const T *const at = g + i * step;
        const T before[BESIDE] = {at[0], at[step], at[2 * step], at[3 * step]};
        FN(prod_rows)(BESIDE, n, before, ones, x + i * n, y + i * n);
    }
    for (; i < end; i++) {
        FN(prod_long_row)(n, g[i * step], x + i * n, y + i * n);
    }
}

static void FN(install)(tgc_table table)
{
    table[TGC_prod_backward][TGC_DTYPE] = (tgc_kernel){
        .name = "prod_backward", .plan = plan, .chunk = FN(prod_backward), .cost = 2};
}
