/*
 * sin and cos: x = n pi/2 + r with |r| <= pi/4. Up to TRIG_HIGH, n has digits to spare; lanes beyond
 * go through the C library.
 */
#define TRIG_HIGH ((T)(1LL << (T_MANTISSA - 10)))

/* x - n pi/2 within an ulp; n is the integer nearest to x / (pi/2). pi/2 has three parts: the first
 * difference is exact, as both terms are multiples of the last digit of a number near 1, and the
 * others are rounded where nothing cancels any more. */
TGC_INLINE vec FN(reduce_trig)(vec x, vec *n)
{
    *n = FN(nearest)(x * (T)0.6366197723675814);
    vec r = x;
    TGC_UNROLL
    for (int i = 0; i < 3; i++) {
        r = vec_subtract_product(r, *n, vec_set1(FN(HALF_PI)[i]));
    }
    return r;
}

TGC_INLINE vec FN(sin_reduced)(vec r)
{
    const vec z = r * r;
    return vec_fma(r * z, POLYNOMIAL(z, SIN), r);
}

TGC_INLINE vec FN(cos_reduced)(vec r)
{
    const vec z = r * r;
    const vec half = (T)0.5 * z, rounded = 1 - half;
    return rounded + vec_fma(z * z, POLYNOMIAL(z, COS), (1 - rounded) - half);
}

/* sin(x + quarter pi/2) for |x| <= TRIG_HIGH: n + quarter, modulo 4, says which function of r. */
TGC_INLINE vec FN(sin_bounded)(vec x, T quarter)
{
    vec n;
    const vec r = FN(reduce_trig)(x, &n);
    n += quarter;
    const vmask is_cos = vec_ne(n, 2 * FN(nearest)(n * (T)0.5));
    const vec result = vec_select(is_cos, FN(cos_reduced)(r), FN(sin_reduced)(r));
    /* The second lowest bit of n is the sign. */
    const vbits n_bits = vec_bits(n + (T)(3LL << (T_MANTISSA - 1)));
    const vbits sign = (n_bits << (8 * sizeof(T) - 2)) & ~((T_UINT)-1 >> 1);
    return vec_from_bits(vec_bits(result) ^ sign);
}

TGC_INLINE vec vec_sin(vec x)
{
    const vmask bounded = vec_le(vec_abs(x), vec_set1(TRIG_HIGH));
    vec result = vec_select(vec_eq(x, vec_zero()), x, FN(sin_bounded)(x, 0));
    if (!vmask_all(bounded)) {
        const unsigned lanes = vmask_bits(bounded);
        for (int i = 0; i < VL; i++) {
            result[i] = (lanes >> i & 1) ? result[i] : (T)sin((double)x[i]);
        }
    }
    return result;
}

TGC_INLINE vec vec_cos(vec x)
{
    const vmask bounded = vec_le(vec_abs(x), vec_set1(TRIG_HIGH));
    vec result = FN(sin_bounded)(x, 1);
    if (!vmask_all(bounded)) {
        const unsigned lanes = vmask_bits(bounded);
        for (int i = 0; i < VL; i++) {
            result[i] = (lanes >> i & 1) ? result[i] : (T)cos((double)x[i]);
        }
    }
    return result;
}

#undef TRIG_HIGH
