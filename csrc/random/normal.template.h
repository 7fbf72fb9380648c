/* Normal numbers in blocks of 16, for one real type T and the vectors of one ISA. */

/* Makes normal numbers of n pairs u[i], v[i], and times std plus mean: cosines to a, sines to b.
 * All arrays have room for n rounded up to whole vectors. */
static void FN(box_muller)(const T *u, const T *v, ptrdiff_t n, T mean, T std, T *a, T *b)
{
    const vec two_pi = vec_set1((T)6.283185307179586476925), m = vec_set1(mean), s = vec_set1(std);
    for (ptrdiff_t i = 0; i < n; i += VL) {
        const vec r = vec_sqrt(-2 * vec_log(1 - vec_load(u + i)));
        const vec theta = two_pi * vec_load(v + i);
        vec_store(a + i, vec_fma(r * vec_cos(theta), s, m));
        vec_store(b + i, vec_fma(r * vec_sin(theta), s, m));
    }
}

/* Draws n_blocks <= NORMAL_GROUP blocks to y. */
static void FN(normal_group)(tgc_generator *g, T mean, T std, ptrdiff_t n_blocks, T *y)
{
    T unit[NORMAL_GROUP * NORMAL_BLOCK], u[NORMAL_PAIRS] = {0}, v[NORMAL_PAIRS] = {0};
    T a[NORMAL_PAIRS], b[NORMAL_PAIRS];
    FN(tgc_unit)(g, unit, n_blocks * NORMAL_BLOCK);
    for (ptrdiff_t k = 0; k < n_blocks; k++) {
        memcpy(u + k * NORMAL_HALF, unit + k * NORMAL_BLOCK, NORMAL_HALF * sizeof(T));
        memcpy(v + k * NORMAL_HALF, unit + k * NORMAL_BLOCK + NORMAL_HALF, NORMAL_HALF * sizeof(T));
    }
    FN(box_muller)(u, v, n_blocks * NORMAL_HALF, mean, std, a, b);
    for (ptrdiff_t k = 0; k < n_blocks; k++) {
        memcpy(y + k * NORMAL_BLOCK, a + k * NORMAL_HALF, NORMAL_HALF * sizeof(T));
        memcpy(y + k * NORMAL_BLOCK + NORMAL_HALF, b + k * NORMAL_HALF, NORMAL_HALF * sizeof(T));
    }
}

/* Draws n >= NORMAL_BLOCK elements to y. */
static void FN(normal_in_blocks)(tgc_generator *g, T mean, T std, ptrdiff_t n, T *y)
{
    const ptrdiff_t n_blocks = n / NORMAL_BLOCK, rest = n % NORMAL_BLOCK;
    for (ptrdiff_t k = 0; k < n_blocks; k += NORMAL_GROUP) {
        const ptrdiff_t group = tgc_min(n_blocks - k, NORMAL_GROUP);
        FN(normal_group)(g, mean, std, group, y + k * NORMAL_BLOCK);
    }
    if (rest > 0) {
        T unused[NORMAL_BLOCK];
        FN(tgc_unit)(g, unused, rest);
        FN(normal_group)(g, mean, std, 1, y + n - NORMAL_BLOCK);
    }
}

static void FN(normal_chunk)(const tgc_call *call, ptrdiff_t index)
{
    (void)index;
    const tgc_operand *y = &call->operands[1];
    const ptrdiff_t n = tgc_operand_size(y);
    tgc_generator *g = tgc_call_generator(call);
    tgc_generator_lock(g);
    if (n >= NORMAL_BLOCK && tgc_is_contiguous(y)) {
        const T mean = (T)tgc_scalar_value(&call->scalars[0]);
        const T std = (T)tgc_scalar_value(&call->scalars[1]);
        FN(normal_in_blocks)(g, mean, std, n, (T *)(void *)y->data);
    } else {
        tgc_random_fill(call, FN(tgc_normal_one_by_one));
    }
    tgc_generator_unlock(g);
}
