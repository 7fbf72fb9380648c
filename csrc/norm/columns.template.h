/* Batch normalisation of rows of single elements, (n, channels, 1), for one real type (T): the
 * channels fill the lanes of some vectors side by side. */

#ifndef TGC_NORM_ROWS
#define TGC_NORM_ROWS
/* Rows whose sums are taken in T, and vectors side by side: whole cache lines of every row. */
enum { ROWS = 256, VECTORS = 4 };
/* For each of the vectors, their number known when compiling. */
#define EACH_VECTOR(k) TGC_UNROLL for (int k = 0; k < VECTORS; k++)
#endif

/* Up to VECTORS * VL channels of an operand; `full` if that many, known when compiling. */
typedef struct {
    T *p;
    ptrdiff_t n, step, lanes;
    int full;
} FN(columns);

TGC_INLINE FN(columns) FN(find_columns)(const tgc_operand *o, ptrdiff_t c, ptrdiff_t lanes, int full)
{
    T *p = (T *)(void *)o->data + c * o->strides[1];
    return (FN(columns)){p, o->shape[0], o->strides[0], lanes, full};
}

/* Vector k of a row; lanes that do not exist are 0. */
TGC_INLINE vec FN(get_row)(FN(columns) a, ptrdiff_t row, int k)
{
    const T *p = a.p + row * a.step + k * VL;
    return a.full ? vec_load(p) : vec_loadn(p, tgc_clamp(a.lanes - k * VL, 0, VL));
}

TGC_INLINE void FN(put_row)(FN(columns) a, ptrdiff_t row, int k, vec v)
{
    T *p = a.p + row * a.step + k * VL;
    if (a.full) {
        vec_store(p, v);
    } else {
        vec_storen(p, v, tgc_clamp(a.lanes - k * VL, 0, VL));
    }
}

TGC_INLINE void FN(column_moments)(FN(columns) x, tgc_moments *moments)
{
    for (ptrdiff_t begin = 0; begin < x.n; begin += ROWS) {
        const ptrdiff_t end = tgc_min(begin + ROWS, x.n);
        const double n = (double)(end - begin);
        vec mean[VECTORS] = {0}, squares[VECTORS] = {0}, rest[VECTORS] = {0};
        for (ptrdiff_t i = begin; i < end; i++) {
            EACH_VECTOR(k) mean[k] += FN(get_row)(x, i, k);
        }
        EACH_VECTOR(k) mean[k] /= (T)n;
        for (ptrdiff_t i = begin; i < end; i++) {
            EACH_VECTOR(k)
            {
                const vec d = FN(get_row)(x, i, k) - mean[k];
                squares[k] = vec_fma(d, d, squares[k]);
                rest[k] += d;
            }
        }
        for (ptrdiff_t j = 0; j < x.lanes; j++) {
            /* The distances from the rounded mean do not add up to 0. */
            const double off = (double)rest[j / VL][j % VL] / n;
            const double m = (double)mean[j / VL][j % VL], s = (double)squares[j / VL][j % VL];
            tgc_moments_merge(&moments[j], (tgc_moments){n, m + off, s - n * off * off});
        }
    }
}

/* Channels c to c + lanes. */
TGC_INLINE void FN(forward_lanes)(const tgc_norm *norm, ptrdiff_t c, ptrdiff_t lanes, int full)
{
    const FN(columns) x = FN(find_columns)(norm->x, c, lanes, full);
    const FN(columns) y = FN(find_columns)(norm->y, c, lanes, full);
    tgc_moments moments[VECTORS * VL] = {{0}};
    vec mean[VECTORS] = {0}, scale[VECTORS] = {0}, bias[VECTORS] = {0};
    if (norm->training) {
        FN(column_moments)(x, moments);
    }
    for (ptrdiff_t j = 0; j < lanes; j++) {
        const tgc_channel channel = tgc_channel_forward(norm, c + j, &moments[j]);
        mean[j / VL][j % VL] = (T)channel.mean;
        scale[j / VL][j % VL] = (T)channel.scale;
        bias[j / VL][j % VL] = (T)channel.bias;
    }
    for (ptrdiff_t i = 0; i < x.n; i++) {
        EACH_VECTOR(k)
        {
            FN(put_row)(y, i, k, vec_fma(FN(get_row)(x, i, k) - mean[k], scale[k], bias[k]));
        }
    }
}

/* sum, product = the sums of grad and of grad * (x - mean). */
TGC_INLINE void FN(column_sums)(FN(columns) grad, FN(columns) x, const vec *mean, double *sum,
                                double *product)
{
    for (ptrdiff_t begin = 0; begin < x.n; begin += ROWS) {
        vec sums[VECTORS] = {0}, products[VECTORS] = {0};
        for (ptrdiff_t i = begin; i < tgc_min(begin + ROWS, x.n); i++) {
            EACH_VECTOR(k)
            {
                const vec v = FN(get_row)(grad, i, k);
                sums[k] += v;
                products[k] = vec_fma(v, FN(get_row)(x, i, k) - mean[k], products[k]);
            }
        }
        for (ptrdiff_t j = 0; j < x.lanes; j++) {
            sum[j] += (double)sums[j / VL][j % VL];
            product[j] += (double)products[j / VL][j % VL];
        }
    }
}

TGC_INLINE void FN(backward_lanes)(const tgc_norm *norm, ptrdiff_t c, ptrdiff_t lanes, int full)
{
    const FN(columns) grad = FN(find_columns)(norm->grad, c, lanes, full);
    const FN(columns) x = FN(find_columns)(norm->x, c, lanes, full);
    double sum[VECTORS * VL] = {0}, product[VECTORS * VL] = {0};
    vec mean[VECTORS] = {0}, scale[VECTORS] = {0}, slope[VECTORS] = {0}, shift[VECTORS] = {0};
    for (ptrdiff_t j = 0; j < lanes; j++) {
        mean[j / VL][j % VL] = (T)tgc_norm_get(norm->stats, c + j);
    }
    FN(column_sums)(grad, x, mean, sum, product);
    for (ptrdiff_t j = 0; j < lanes; j++) {
        const tgc_channel_grad channel = tgc_channel_backward(norm, c + j, sum[j], product[j]);
        scale[j / VL][j % VL] = (T)channel.scale;
        slope[j / VL][j % VL] = (T)channel.slope;
        shift[j / VL][j % VL] = (T)channel.shift;
    }
    if (norm->grad_x == NULL) {
        return;
    }
    const FN(columns) to = FN(find_columns)(norm->grad_x, c, lanes, full);
    for (ptrdiff_t i = 0; i < x.n; i++) {
        EACH_VECTOR(k)
        {
            const vec v = vec_fma(FN(get_row)(grad, i, k), scale[k], -shift[k]);
            /* In evaluation x does not matter, not even where it is not finite. */
            const vec d = norm->training ? FN(get_row)(x, i, k) - mean[k] : vec_zero();
            FN(put_row)(to, i, k, vec_fnma(d, slope[k], v));
        }
    }
}

/* Up to TGC_NORM_LANES channels from c on. */
static void FN(forward_columns)(const tgc_norm *norm, ptrdiff_t c)
{
    const ptrdiff_t end = tgc_min(c + TGC_NORM_LANES, norm->channels);
    for (; c + VECTORS * VL <= end; c += VECTORS * VL) {
        FN(forward_lanes)(norm, c, VECTORS * VL, 1);
    }
    if (c < end) {
        FN(forward_lanes)(norm, c, end - c, 0);
    }
}

static void FN(backward_columns)(const tgc_norm *norm, ptrdiff_t c)
{
    const ptrdiff_t end = tgc_min(c + TGC_NORM_LANES, norm->channels);
    for (; c + VECTORS * VL <= end; c += VECTORS * VL) {
        FN(backward_lanes)(norm, c, VECTORS * VL, 1);
    }
    if (c < end) {
        FN(backward_lanes)(norm, c, end - c, 0);
    }
}
