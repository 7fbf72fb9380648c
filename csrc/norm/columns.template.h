/* Batch normalisation of rows of single elements, (n, channels, 1), for one real type (T): the
 * channels fill the lanes. */

#ifndef TGC_NORM_ROWS
#define TGC_NORM_ROWS
/* Rows whose sums are taken in T. */
enum { ROWS = 256 };
#endif

/* VL channels of an operand, of which `lanes` exist. */
typedef struct {
    T *p;
    ptrdiff_t n, step, lanes;
} FN(columns);

TGC_INLINE FN(columns) FN(find_columns)(const tgc_operand *o, ptrdiff_t c, ptrdiff_t lanes)
{
    return (FN(columns)){(T *)(void *)o->data + c * o->strides[1], o->shape[0], o->strides[0], lanes};
}

TGC_INLINE vec FN(get_row)(FN(columns) a, ptrdiff_t row)
{
    const T *p = a.p + row * a.step;
    return a.lanes == VL ? vec_load(p) : vec_loadn(p, a.lanes);
}

TGC_INLINE void FN(put_row)(FN(columns) a, ptrdiff_t row, vec v)
{
    T *p = a.p + row * a.step;
    if (a.lanes == VL) {
        vec_store(p, v);
    } else {
        vec_storen(p, v, a.lanes);
    }
}

static void FN(column_moments)(FN(columns) x, tgc_moments *moments)
{
    for (ptrdiff_t begin = 0; begin < x.n; begin += ROWS) {
        const ptrdiff_t end = tgc_min(begin + ROWS, x.n);
        const T n = (T)(end - begin);
        vec sum = vec_zero(), squares = vec_zero(), rest = vec_zero();
        for (ptrdiff_t i = begin; i < end; i++) {
            sum += FN(get_row)(x, i);
        }
        const vec mean = sum / n;
        for (ptrdiff_t i = begin; i < end; i++) {
            const vec d = FN(get_row)(x, i) - mean;
            squares = vec_fma(d, d, squares);
            rest += d;
        }
        for (ptrdiff_t j = 0; j < x.lanes; j++) {
            const double off = (double)rest[j] / (double)n;
            tgc_moments_merge(&moments[j],
                              (tgc_moments){.n = (double)n,
                                            .mean = (double)mean[j] + off,
                                            .squares = (double)squares[j] - (double)n * off * off});
        }
    }
}

/* Channels c to c + lanes. */
static void FN(forward_lanes)(const tgc_norm *norm, ptrdiff_t c, ptrdiff_t lanes)
{
    const FN(columns) x = FN(find_columns)(norm->x, c, lanes), y = FN(find_columns)(norm->y, c, lanes);
    tgc_moments moments[VL] = {{0}};
    vec mean = vec_zero(), scale = vec_zero(), bias = vec_zero();
    if (norm->training) {
        FN(column_moments)(x, moments);
    }
    for (ptrdiff_t j = 0; j < lanes; j++) {
        const tgc_channel channel = tgc_channel_forward(norm, c + j, &moments[j]);
        mean[j] = (T)channel.mean;
        scale[j] = (T)channel.scale;
        bias[j] = (T)channel.bias;
    }
    for (ptrdiff_t i = 0; i < x.n; i++) {
        FN(put_row)(y, i, vec_fma(FN(get_row)(x, i) - mean, scale, bias));
    }
}

static void FN(backward_lanes)(const tgc_norm *norm, ptrdiff_t c, ptrdiff_t lanes)
{
    const FN(columns) grad = FN(find_columns)(norm->grad, c, lanes);
    const FN(columns) x = FN(find_columns)(norm->x, c, lanes);
    double sum[VL] = {0}, product[VL] = {0};
    vec mean = vec_zero(), scale = vec_zero(), slope = vec_zero(), shift = vec_zero();
    for (ptrdiff_t j = 0; j < lanes; j++) {
        mean[j] = (T)tgc_norm_get(norm->stats, c + j);
    }
    for (ptrdiff_t begin = 0; begin < x.n; begin += ROWS) {
        vec sums = vec_zero(), products = vec_zero();
        for (ptrdiff_t i = begin; i < tgc_min(begin + ROWS, x.n); i++) {
            const vec v = FN(get_row)(grad, i);
            sums += v;
            products = vec_fma(v, FN(get_row)(x, i) - mean, products);
        }
        for (ptrdiff_t j = 0; j < lanes; j++) {
            sum[j] += (double)sums[j];
            product[j] += (double)products[j];
        }
    }
    for (ptrdiff_t j = 0; j < lanes; j++) {
        const tgc_channel_grad channel = tgc_channel_backward(norm, c + j, sum[j], product[j]);
        scale[j] = (T)channel.scale;
        slope[j] = (T)channel.slope;
        shift[j] = (T)channel.shift;
    }
    if (norm->grad_x) {
        const FN(columns) to = FN(find_columns)(norm->grad_x, c, lanes);
        for (ptrdiff_t i = 0; i < x.n; i++) {
            const vec v = vec_fma(FN(get_row)(grad, i), scale, -shift);
            /* In evaluation x does not matter, not even where it is not finite. */
            FN(put_row)(to, i, norm->training ? vec_fnma(FN(get_row)(x, i) - mean, slope, v) : v);
        }
    }
}

/* Up to TGC_NORM_LANES channels from c on. */
static void FN(forward_columns)(const tgc_norm *norm, ptrdiff_t c)
{
    const ptrdiff_t end = tgc_min(c + TGC_NORM_LANES, norm->channels);
    for (; c < end; c += VL) {
        FN(forward_lanes)(norm, c, tgc_min(end - c, VL));
    }
}

static void FN(backward_columns)(const tgc_norm *norm, ptrdiff_t c)
{
    const ptrdiff_t end = tgc_min(c + TGC_NORM_LANES, norm->channels);
    for (; c < end; c += VL) {
        FN(backward_lanes)(norm, c, tgc_min(end - c, VL));
    }
}
