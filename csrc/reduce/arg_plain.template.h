/* Searches a block for extreme elements in plain C: for whole numbers and truth values. */

TGC_INLINE void FN(search_block)(int op, FN(extreme) *acc, const tgc_reduce_block *b)
{
    for (ptrdiff_t r = 0; r < b->rows; r++) {
        const T *a = (const T *)b->a + r * b->row_stride;
        const int64_t first = b->first + r * b->n;
        if (b->strips) {
            for (ptrdiff_t i = 0; i < b->n; i++) {
                for (ptrdiff_t j = 0; j < b->width; j++) {
                    const T x = a[i * b->stride + j * b->width_stride];
                    FN(update)(op, &acc[j], x, first + i);
                }
            }
        } else {
            for (ptrdiff_t j = 0; j < b->width; j++) {
                FN(extreme) best = acc[j];
                for (ptrdiff_t i = 0; i < b->n; i++) {
                    const T x = a[i * b->stride + j * b->width_stride];
                    FN(update)(op, &best, x, first + i);
                }
                acc[j] = best;
            }
        }
    }
}
