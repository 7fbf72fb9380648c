/* How the elementwise loops of other families (losses, optimizers, dropout) read an operand, for
 * one real type (T). */

/* n <= VL elements of an operand from element i on, or its one number in all lanes. */
TGC_INLINE vec FN(operand)(char *const *data, const ptrdiff_t *steps, int operand, ptrdiff_t i,
                           ptrdiff_t n)
{
    const T *p = (const T *)(const void *)data[operand];
    if (steps[operand] == 0) {
        return vec_set1(*p);
    }
    vec_prefetch(p + i);
    return vec_load_first(p + i, n);
}
