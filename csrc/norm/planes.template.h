/* Sums over planes, the contiguous elements of a row and channel, for one real type (T). */

#ifndef TGC_NORM_PLANES
#define TGC_NORM_PLANES
enum {
    /* The most elements of a plane whose sums are taken in T in one go. */
    PIECE = 4096,
    /* Shorter planes of a channel are summed several at a time, from as many rows as make about
     * this many elements: adding up the lanes takes a while, so that it should not happen often. */
    TOGETHER = 1024,
    /* The most planes that are summed at a time, each from another row: a CPU prefetches from no
     * more rows as it goes from channel to channel. */
    PLANES = 8
};
#endif

/* How many planes of a channel are summed at a time. */
TGC_INLINE ptrdiff_t FN(planes_at_once)(ptrdiff_t length)
{
    return tgc_clamp(tgc_div(TOGETHER, length), 1, PLANES);
}

/* The moments of an area. */
static void FN(plane_moments)(const tgc_norm *norm, tgc_norm_area area)
{
    const tgc_operand *o = norm->x;
    const ptrdiff_t length = norm->length, at_once = FN(planes_at_once)(length);
    for (ptrdiff_t i = area.begin; i < area.end; i += at_once) {
        const T *x = (const T *)(const void *)o->data + i * o->strides[0] +
                     area.first * o->strides[1];
        const double before = (double)(i - area.begin) * (double)length;
        for (ptrdiff_t c = 0; c < area.channels; c++, x += o->strides[1]) {
            tgc_moments all = {before, area.one[c], area.two[c]};
            for (ptrdiff_t at = 0; at < length; at += PIECE) {
                tgc_moments_merge(&all,
                                  FN(moments)(x + at, tgc_min(at_once, area.end - i), o->strides[0],
                                              tgc_min(PIECE, length - at), VEC_AHEAD));
            }
            area.one[c] = all.mean;
            area.two[c] = all.squares;
        }
    }
}

/* Adds the sums of grad and of grad * (x - mean) over n elements of some rows. */
TGC_INLINE void FN(add_products_of_planes)(const T *grad, ptrdiff_t g_step, const T *x,
                                           ptrdiff_t x_step, ptrdiff_t rows, ptrdiff_t n, vec mean,
                                           double *sum, double *product)
{
    vec sums = vec_zero(), products = vec_zero();
    for (ptrdiff_t row = 0; row < rows; row++, grad += g_step, x += x_step) {
        ptrdiff_t at = 0;
        for (; at + VL <= n; at += VL) {
            vec_prefetch(grad + at);
            vec_prefetch(x + at);
            const vec g = vec_load(grad + at);
            sums += g;
            products = vec_fma(g, vec_load(x + at) - mean, products);
        }
        if (at < n) {
            const vec g = vec_loadn(grad + at, n - at);
            const vec d = vec_loadn(x + at, n - at) - mean;
            sums += g;
            products = vec_fma(g, vec_select(vmask_first(n - at), d, vec_zero()), products);
        }
    }
    *sum += (double)vec_sum(sums);
    *product += (double)vec_sum(products);
}

/* The sums of an area: of grad, and of grad * (x - mean). */
static void FN(plane_products)(const tgc_norm *norm, tgc_norm_area area)
{
    const tgc_operand *g = norm->grad, *x = norm->x;
    const ptrdiff_t length = norm->length, at_once = FN(planes_at_once)(length);
    for (ptrdiff_t i = area.begin; i < area.end; i += at_once) {
        for (ptrdiff_t c = 0; c < area.channels; c++) {
            const ptrdiff_t channel = area.first + c;
            const T *from = (const T *)(const void *)g->data + i * g->strides[0] +
                            channel * g->strides[1];
            const T *with = (const T *)(const void *)x->data + i * x->strides[0] +
                            channel * x->strides[1];
            const vec mean = vec_set1((T)tgc_norm_get(norm->stats, channel));
            for (ptrdiff_t at = 0; at < length; at += PIECE) {
                FN(add_products_of_planes)(from + at, g->strides[0], with + at, x->strides[0],
                                           tgc_min(at_once, area.end - i),
                                           tgc_min(PIECE, length - at), mean, area.one + c,
                                           area.two + c);
            }
        }
    }
}
