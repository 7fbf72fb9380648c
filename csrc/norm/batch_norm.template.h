/* Batch normalisation of (n, channels, length), channel by channel, for one real type (T).
 * Elements are visited in blocks: some rows, of which each is contiguous. */

/* n rows of `length` elements, `step` apart; those of the next block begin at `ahead`, which is p
 * where a CPU foresees them by itself. */
typedef struct {
    T *p, *ahead;
    ptrdiff_t n, step, length;
} FN(norm_block);

#ifndef TGC_NORM_BLOCK
#define TGC_NORM_BLOCK
/* Elements of a block that both passes over it find in the first-level cache. */
enum { BLOCK = 4096 };
#endif

/* Block number i of channel c of an operand (n, channels, length); n = 0 behind the last. */
TGC_INLINE FN(norm_block) FN(find_block)(const tgc_operand *o, ptrdiff_t c, ptrdiff_t i)
{
    const ptrdiff_t n = o->shape[0], length = o->shape[2], step = o->strides[0];
    T *p = (T *)(void *)o->data + c * o->strides[1];
    if (length == 0) {
        return (FN(norm_block)){p, p, 0, step, 0};
    }
    if (length <= BLOCK) {
        const ptrdiff_t rows = BLOCK / length, first = i * rows;
        p += first * step;
        return (FN(norm_block)){p, n - first > rows ? p + rows * step : p,
                                tgc_clamp(n - first, 0, rows), step, length};
    }
    const ptrdiff_t pieces = tgc_ceil_div(length, BLOCK), row = i / pieces;
    const ptrdiff_t begin = i % pieces * BLOCK;
    p += row * step + begin;
    return (FN(norm_block)){p, p, row < n, step, tgc_min(BLOCK, length - begin)};
}

static tgc_moments FN(channel_moments)(const tgc_operand *x, ptrdiff_t c)
{
    tgc_moments all = {0};
    for (ptrdiff_t i = 0;; i++) {
        const FN(norm_block) b = FN(find_block)(x, c, i);
        if (b.n == 0) {
            return all;
        }
        tgc_moments_merge(&all, FN(moments)(b.p, b.n, b.step, b.length, b.ahead));
    }
}

static void FN(normalize_plane)(const T *x, T *y, ptrdiff_t n, vec mean, vec scale, vec bias)
{
    ptrdiff_t i = 0;
    for (; i + VL <= n; i += VL) {
        vec_store(y + i, vec_fma(vec_load(x + i) - mean, scale, bias));
    }
    if (i < n) {
        vec_storen(y + i, vec_fma(vec_loadn(x + i, n - i) - mean, scale, bias), n - i);
    }
}

static void FN(batch_norm)(const tgc_call *call, ptrdiff_t c)
{
    const tgc_norm norm = tgc_batch_norm_unpack(call);
    const tgc_operand *x = norm.x, *y = norm.y;
    const tgc_moments moments = FN(channel_moments)(x, c);
    const tgc_channel channel = tgc_channel_forward(&norm, c, &moments);
    const vec mean = vec_set1((T)channel.mean), scale = vec_set1((T)channel.scale);
    const vec bias = vec_set1((T)channel.bias);
    /* From the end on: the rows that were read last are still in the cache. */
    for (ptrdiff_t i = norm.n - 1; i >= 0; i--) {
        const T *from = (const T *)(const void *)x->data + i * x->strides[0] + c * x->strides[1];
        T *to = (T *)(void *)y->data + i * y->strides[0] + c * y->strides[1];
        FN(prefetch_row)(i > 0 ? from - x->strides[0] : from, norm.length);
        FN(prefetch_row)(i > 0 ? to - y->strides[0] : to, norm.length);
        FN(normalize_plane)(from, to, norm.length, mean, scale, bias);
    }
}

/* Adds the sums of grad and of grad * (x - mean) over a block. */
static void FN(add_block)(FN(norm_block) grad, FN(norm_block) x, vec mean, double *sum, double *product)
{
    vec sums = vec_zero(), products = vec_zero();
    for (ptrdiff_t row = 0; row < x.n; row++) {
        const T *g = grad.p + row * grad.step, *p = x.p + row * x.step;
        ptrdiff_t at = 0;
        FN(prefetch_row)(grad.ahead + row * grad.step, x.length);
        FN(prefetch_row)(x.ahead + row * x.step, x.length);
        for (; at + VL <= x.length; at += VL) {
            const vec v = vec_load(g + at);
            sums += v;
            products = vec_fma(v, vec_load(p + at) - mean, products);
        }
        if (at < x.length) {
            const ptrdiff_t left = x.length - at;
            const vec v = vec_loadn(g + at, left);
            const vec d = vec_select(vmask_first(left), vec_loadn(p + at, left) - mean, vec_zero());
            sums += v;
            products = vec_fma(v, d, products);
        }
    }
    *sum += (double)vec_sum(sums);
    *product += (double)vec_sum(products);
}

static void FN(batch_norm_backward)(const tgc_call *call, ptrdiff_t c)
{
    const tgc_norm norm = tgc_batch_norm_backward_unpack(call);
    const tgc_operand *grad = norm.grad, *x = norm.x, *to = norm.grad_x;
    double sum = 0, product = 0;
    const vec mean = vec_set1((T)tgc_norm_get(norm.stats, c));
    for (ptrdiff_t i = 0;; i++) {
        const FN(norm_block) b = FN(find_block)(x, c, i);
        if (b.n == 0) {
            break;
        }
        FN(add_block)(FN(find_block)(grad, c, i), b, mean, &sum, &product);
    }
    const tgc_channel_grad channel = tgc_channel_backward(&norm, c, sum, product);
    const vec scale = vec_set1((T)channel.scale), slope = vec_set1((T)channel.slope);
    const vec shift = vec_set1((T)channel.shift);
    for (ptrdiff_t i = to ? norm.n - 1 : -1; i >= 0; i--) {
        const T *g = (const T *)(const void *)grad->data + i * grad->strides[0] + c * grad->strides[1];
        const T *p = (const T *)(const void *)x->data + i * x->strides[0] + c * x->strides[1];
        T *y = (T *)(void *)to->data + i * to->strides[0] + c * to->strides[1];
        ptrdiff_t at = 0;
        FN(prefetch_row)(i > 0 ? g - grad->strides[0] : g, norm.length);
        FN(prefetch_row)(i > 0 ? p - x->strides[0] : p, norm.length);
        FN(prefetch_row)(i > 0 ? y - to->strides[0] : y, norm.length);
        if (!norm.training) {
            FN(normalize_plane)(g, y, norm.length, vec_zero(), scale, vec_zero());
            continue;
        }
        for (; at + VL <= norm.length; at += VL) {
            const vec v = vec_fma(vec_load(g + at), scale, -shift);
            vec_store(y + at, vec_fnma(vec_load(p + at) - mean, slope, v));
        }
        if (at < norm.length) {
            const ptrdiff_t left = norm.length - at;
            const vec v = vec_fma(vec_loadn(g + at, left), scale, -shift);
            vec_storen(y + at, vec_fnma(vec_loadn(p + at, left) - mean, slope, v), left);
        }
    }
}

static void FN(install_batch_norm)(tgc_table table)
{
    table[TGC_batch_norm][TGC_DTYPE] = (tgc_kernel){.name = "batch_norm",
                                                    .plan = tgc_batch_norm_plan,
                                                    .chunk = FN(batch_norm),
                                                    .cost = 0.3};
    table[TGC_batch_norm_backward][TGC_DTYPE] =
        (tgc_kernel){.name = "batch_norm_backward",
                     .plan = tgc_batch_norm_plan,
                     .chunk = FN(batch_norm_backward),
                     .cost = 0.4};
}
