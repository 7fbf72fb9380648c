/*
 * sin and cos: x = n pi/2 + r with |r| <= pi/4, r in two parts. Up to TRIG_HIGH, n has digits to
 * spare and the three parts of pi/2 give r all its own; lanes beyond go through the C library.
 */
#define TRIG_HIGH ((T)(1LL << (T_MANTISSA - 10)))

/* a + b exactly, in any order of size (Knuth). */
TGC_INLINE FN(pair) FN(any_sum)(vec a, vec b)
{
    const vec sum = a + b, part = sum - a;
    return (FN(pair)){sum, (a - (sum - part)) + (b - part)};
}

/* x - n pi/2; n is the integer nearest to x / (pi/2). */
TGC_INLINE FN(pair) FN(reduce_trig)(vec x, vec *n)
{
    *n = FN(nearest)(x * (T)0.6366197723675814);
    const vec p = *n * FN(HALF_PI)[0], q = *n * FN(HALF_PI)[1];
    const FN(pair) first = FN(any_sum)(x - p, -vec_mul_error(*n, vec_set1(FN(HALF_PI)[0]), p));
    const FN(pair) second = FN(any_sum)(first.high, -q);
    const vec q_low = vec_mul_error(*n, vec_set1(FN(HALF_PI)[1]), q);
    const vec low = first.low + (second.low - vec_fma(*n, vec_set1(FN(HALF_PI)[2]), q_low));
    return FN(exact_sum)(second.high, low);
}

TGC_INLINE vec FN(sin_reduced)(FN(pair) r)
{
    const vec z = r.high * r.high;
    const vec slope = vec_fnma(vec_set1((T)0.5), z, vec_set1(1));
    const vec cubic = r.high * z * POLYNOMIAL(z, SIN);
    return r.high + vec_fma(r.low, slope, cubic);
}

TGC_INLINE vec FN(cos_reduced)(FN(pair) r)
{
    const vec z = r.high * r.high;
    const vec half = (T)0.5 * z, rounded = 1 - half;
    const vec rest = vec_fma(z * z, POLYNOMIAL(z, COS), (1 - rounded) - half);
    return rounded + vec_fnma(r.high, r.low, rest);
}

/* sin(x + quarter pi/2) for |x| <= TRIG_HIGH: n + quarter, modulo 4, says which function of r. */
TGC_INLINE vec FN(sin_bounded)(vec x, T quarter)
{
    vec n;
    const FN(pair) r = FN(reduce_trig)(x, &n);
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
