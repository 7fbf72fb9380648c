/* Batch normalisation in the order of memory, for one real type (T): the statistics of rows of
 * channels, (n, channels, 1), and what is done to each element, also of (n, channels, length). */

#ifndef TGC_NORM_ROWS
#define TGC_NORM_ROWS
/* Rows whose sums are taken in T, rows that are read side by side, channels of which all sums
 * stay in the first-level cache. */
enum { ROWS = 128, GROUP = 8, TILE = 1024 };
#define EACH_ROW(r, rows) TGC_UNROLL for (ptrdiff_t r = 0; r < (rows); r++)
#endif

/* Sums over rows for each channel of a tile: of x - base and of its square; of grad and of
 * grad * (x - base). */
typedef struct {
    T base[TILE], sum[TILE], product[TILE];
} FN(tile);

/* Adds `rows` rows, `step` apart, of n channels. Where n < VL, base is 0 in the lanes beyond. */
TGC_INLINE void FN(add_moments)(const T *x, ptrdiff_t step, int rows, FN(tile) *t, ptrdiff_t at,
                                ptrdiff_t n)
{
    const vec base = vec_load(t->base + at);
    vec sum = vec_load(t->sum + at), squares = vec_load(t->product + at);
    EACH_ROW(r, rows)
    {
        const vec d = vec_load_first(x + r * step + at, n) - base;
        sum += d;
        squares = vec_fma(d, d, squares);
    }
    vec_store(t->sum + at, sum);
    vec_store(t->product + at, squares);
}

TGC_INLINE void FN(add_group)(const T *x, ptrdiff_t step, int rows, FN(tile) *t, ptrdiff_t channels)
{
    ptrdiff_t at = 0;
    for (; at + VL <= channels; at += VL) {
        FN(add_moments)(x, step, rows, t, at, VL);
    }
    if (at < channels) {
        FN(add_moments)(x, step, rows, t, at, channels - at);
    }
}

/* The moments of `rows` rows, merged with those of the `before` rows in means and squares. */
static void FN(merge_block)(const T *x, ptrdiff_t step, ptrdiff_t rows, FN(tile) *t,
                            ptrdiff_t channels, double before, double *means, double *squares)
{
    const ptrdiff_t first = tgc_min(rows, GROUP);
    const double n = (double)rows;
    for (ptrdiff_t at = 0; at < channels; at += VL) {
        const ptrdiff_t lanes = tgc_min(channels - at, VL);
        vec base = vec_zero();
        for (ptrdiff_t r = 0; r < first; r++) {
            base += vec_loadn(x + r * step + at, lanes);
        }
        vec_store(t->base + at, base / (T)first);
        vec_store(t->sum + at, vec_zero());
        vec_store(t->product + at, vec_zero());
    }
    ptrdiff_t r = 0;
    for (; r + GROUP <= rows; r += GROUP) {
        FN(add_group)(x + r * step, step, GROUP, t, channels);
    }
    for (; r < rows; r++) {
        FN(add_group)(x + r * step, step, 1, t, channels);
    }
    for (ptrdiff_t c = 0; c < channels; c++) {
        const double off = (double)t->sum[c] / n;
        tgc_moments all = {before, means[c], squares[c]};
        tgc_moments_merge(&all, (tgc_moments){.n = n,
                                              .mean = (double)t->base[c] + off,
                                              .squares = (double)t->product[c] - n * off * off});
        means[c] = all.mean;
        squares[c] = all.squares;
    }
}

static void FN(batch_norm_statistics)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_norm norm = tgc_norm_statistics_unpack(call);
    const ptrdiff_t size = call->sizes[TGC_NORM_CHUNK], step = norm.x->strides[0];
    const ptrdiff_t begin = index * size, end = tgc_min(begin + size, norm.n);
    double *means = (double *)(void *)norm.parts->data + 2 * index * norm.channels;
    double *squares = means + norm.channels;
    FN(tile) t;
    for (ptrdiff_t c = 0; c < norm.channels; c++) {
        means[c] = squares[c] = 0;
    }
    for (ptrdiff_t c = 0; c < norm.channels; c += TILE) {
        const T *x = (const T *)(const void *)norm.x->data + c;
        const ptrdiff_t channels = tgc_min(norm.channels - c, TILE);
        for (ptrdiff_t row = begin; row < end; row += ROWS) {
            FN(merge_block)(x + row * step, step, tgc_min(ROWS, end - row), &t, channels,
                            (double)(row - begin), means + c, squares + c);
        }
    }
}

/* Adds `rows` rows of grad and x. */
TGC_INLINE void FN(add_products)(const tgc_norm *norm, const T *grad, const T *x, int rows,
                                 FN(tile) *t, ptrdiff_t at, ptrdiff_t n)
{
    const vec base = vec_load(t->base + at);
    vec sum = vec_load(t->sum + at), product = vec_load(t->product + at);
    EACH_ROW(r, rows)
    {
        const vec g = vec_load_first(grad + r * norm->grad->strides[0] + at, n);
        sum += g;
        product = vec_fma(g, vec_load_first(x + r * norm->x->strides[0] + at, n) - base, product);
    }
    vec_store(t->sum + at, sum);
    vec_store(t->product + at, product);
}

TGC_INLINE void FN(add_pairs)(const tgc_norm *norm, const T *grad, const T *x, int rows,
                              FN(tile) *t, ptrdiff_t channels)
{
    ptrdiff_t at = 0;
    for (; at + VL <= channels; at += VL) {
        FN(add_products)(norm, grad, x, rows, t, at, VL);
    }
    if (at < channels) {
        FN(add_products)(norm, grad, x, rows, t, at, channels - at);
    }
}

static void FN(batch_norm_backward_sums)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_norm norm = tgc_norm_sums_unpack(call);
    const ptrdiff_t size = call->sizes[TGC_NORM_CHUNK];
    const ptrdiff_t begin = index * size, end = tgc_min(begin + size, norm.n);
    double *sums = (double *)(void *)norm.parts->data + 2 * index * norm.channels;
    double *products = sums + norm.channels;
    FN(tile) t;
    for (ptrdiff_t c = 0; c < norm.channels; c++) {
        sums[c] = products[c] = 0;
    }
    for (ptrdiff_t c = 0; c < norm.channels; c += TILE) {
        const T *grad = (const T *)(const void *)norm.grad->data + c;
        const T *x = (const T *)(const void *)norm.x->data + c;
        const ptrdiff_t channels = tgc_min(norm.channels - c, TILE);
        memset(t.base, 0, sizeof t.base);
        for (ptrdiff_t j = 0; j < channels; j++) {
            t.base[j] = (T)tgc_norm_get(norm.stats, c + j);
        }
        for (ptrdiff_t row = begin; row < end; row += ROWS) {
            memset(t.sum, 0, sizeof t.sum);
            memset(t.product, 0, sizeof t.product);
            const ptrdiff_t last = tgc_min(row + ROWS, end);
            ptrdiff_t r = row;
            for (; r + GROUP / 2 <= last; r += GROUP / 2) {
                FN(add_pairs)(&norm, grad + r * norm.grad->strides[0], x + r * norm.x->strides[0],
                              GROUP / 2, &t, channels);
            }
            for (; r < last; r++) {
                FN(add_pairs)(&norm, grad + r * norm.grad->strides[0], x + r * norm.x->strides[0], 1,
                              &t, channels);
            }
            for (ptrdiff_t j = 0; j < channels; j++) {
                sums[c + j] += (double)t.sum[j];
                products[c + j] += (double)t.product[j];
            }
        }
    }
}

/* y = (x - mean) * scale + bias of up to VL channels. */
TGC_INLINE void FN(apply_lanes)(const T *x, T *y, const T *factors, ptrdiff_t channels, ptrdiff_t n)
{
    const vec d = vec_load_first(x, n) - vec_load_first(factors, n);
    const vec scale = vec_load_first(factors + channels, n);
    vec_store_first(y, vec_fma(d, scale, vec_load_first(factors + 2 * channels, n)), n);
}

static void FN(apply_row)(const T *x, T *y, const T *factors, ptrdiff_t channels)
{
    ptrdiff_t c = 0;
    for (; c + VL <= channels; c += VL) {
        FN(apply_lanes)(x + c, y + c, factors + c, channels, VL);
    }
    if (c < channels) {
        FN(apply_lanes)(x + c, y + c, factors + c, channels, channels - c);
    }
}

static void FN(batch_norm_apply)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_operand *x = &call->operands[0], *y = &call->operands[2];
    const T *factors = (const T *)(const void *)call->operands[1].data;
    const ptrdiff_t channels = x->shape[1], length = x->shape[2], size = call->sizes[TGC_NORM_CHUNK];
    const ptrdiff_t per_row = length == 1 ? 1 : channels, begin = index * size;
    const ptrdiff_t end = tgc_min(begin + size, x->shape[0] * per_row);
    for (ptrdiff_t line = begin; line < end; line++) {
        const ptrdiff_t i = line / per_row, c = line % per_row;
        const T *from = (const T *)(const void *)x->data + i * x->strides[0] + c * x->strides[1];
        T *to = (T *)(void *)y->data + i * y->strides[0] + c * y->strides[1];
        if (length == 1) {
            FN(apply_row)(from, to, factors, channels);
        } else {
            FN(normalize_plane)(from, to, length, vec_set1(factors[c]),
                                vec_set1(factors[channels + c]), vec_set1(factors[2 * channels + c]));
        }
    }
}

/* y = grad * scale - (x - mean) * slope - shift of up to VL channels. In evaluation x does not
 * matter, not even where it is not finite. */
TGC_INLINE void FN(backward_lanes)(const T *grad, const T *x, T *y, const T *factors,
                                   ptrdiff_t channels, ptrdiff_t n, int training)
{
    const vec scale = vec_load_first(factors + channels, n);
    const vec shift = vec_load_first(factors + 3 * channels, n);
    vec v = vec_fma(vec_load_first(grad, n), scale, -shift);
    if (training) {
        const vec d = vec_load_first(x, n) - vec_load_first(factors, n);
        v = vec_fnma(d, vec_load_first(factors + 2 * channels, n), v);
    }
    vec_store_first(y, v, n);
}

TGC_INLINE void FN(backward_row)(const T *grad, const T *x, T *y, const T *factors,
                                 ptrdiff_t channels, int training)
{
    ptrdiff_t c = 0;
    for (; c + VL <= channels; c += VL) {
        FN(backward_lanes)(grad + c, x + c, y + c, factors + c, channels, VL, training);
    }
    if (c < channels) {
        FN(backward_lanes)(grad + c, x + c, y + c, factors + c, channels, channels - c, training);
    }
}

static void FN(batch_norm_backward_apply)(const tgc_call *call, ptrdiff_t index)
{
    const tgc_operand *grad = &call->operands[0], *x = &call->operands[1];
    const tgc_operand *grad_x = &call->operands[3];
    const T *factors = (const T *)(const void *)call->operands[2].data;
    const ptrdiff_t channels = x->shape[1], size = call->sizes[TGC_NORM_CHUNK];
    const ptrdiff_t begin = index * size, end = tgc_min(begin + size, x->shape[0]);
    for (ptrdiff_t i = begin; i < end; i++) {
        const T *g = (const T *)(const void *)grad->data + i * grad->strides[0];
        const T *from = (const T *)(const void *)x->data + i * x->strides[0];
        T *to = (T *)(void *)grad_x->data + i * grad_x->strides[0];
        if (call->sizes[TGC_NORM_HAS] & TGC_NORM_TRAINING) {
            FN(backward_row)(g, from, to, factors, channels, 1);
        } else {
            FN(backward_row)(g, from, to, factors, channels, 0);
        }
    }
}

static void FN(install_rows)(tgc_table table)
{
    table[TGC_batch_norm_statistics][TGC_DTYPE] = (tgc_kernel){.name = "batch_norm_statistics",
                                                               .plan = tgc_norm_statistics_plan,
                                                               .chunk = FN(batch_norm_statistics),
                                                               .finish = tgc_norm_statistics_finish,
                                                               .cost = 0.2};
    table[TGC_batch_norm_apply][TGC_DTYPE] = (tgc_kernel){.name = "batch_norm_apply",
                                                          .plan = tgc_norm_apply_plan,
                                                          .chunk = FN(batch_norm_apply),
                                                          .cost = 0.2};
    table[TGC_batch_norm_backward_sums][TGC_DTYPE] =
        (tgc_kernel){.name = "batch_norm_backward_sums",
                     .plan = tgc_norm_parts_plan,
                     .chunk = FN(batch_norm_backward_sums),
                     .finish = tgc_norm_sums_finish,
                     .cost = 0.3};
    table[TGC_batch_norm_backward_apply][TGC_DTYPE] =
        (tgc_kernel){.name = "batch_norm_backward_apply",
                     .plan = tgc_norm_apply_plan,
                     .chunk = FN(batch_norm_backward_apply),
                     .cost = 0.3};
}
