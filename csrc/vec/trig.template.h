/*
 * sin and cos: |x| = n pi + r with |r| <= pi/2. For sin n is the nearest whole number, for cos the
 * nearest whole number plus 1/2. The result is sin(r), with the sign that n says. Up to TRIG_HIGH,
 * n has few enough digits; lanes beyond go through the C library.
 */
#define TRIG_HIGH ((T)(1LL << (T_MANTISSA - 10)))

/* a - n pi within an ulp. pi has several parts: the first difference is exact, as both terms are
 * multiples of the last digit of a number near 1, and the others are rounded where nothing cancels
 * any more. */
TGC_INLINE vec FN(reduce_trig)(vec a, vec n)
{
    vec r = a;
    TGC_UNROLL
#if T_BIAS == 127 && !defined(TGC_VEC_FMA)
    /* n has at most 12 bits, as most of the parts have: their products are exact. */
    for (int i = 0; i < 5; i++) {
        r -= n * PI_SHORT_f32[i];
    }
#else
    for (int i = 0; i < 3; i++) {
        r = vec_subtract_product(r, n, vec_set1(FN(PI)[i]));
    }
#endif
    return r;
}

/* sin(r), with the sign changed where the lowest bit of n_bits and the sign of x say so. The peak
 * is cut where rounding takes it above 1. */
TGC_INLINE vec FN(sin_reduced)(vec r, vbits n_bits, vec x)
{
    const vec a = vec_abs(r), z = r * r;
    const vec result = vec_fma(a * z, POLYNOMIAL(z, SIN), a);
    const vbits flips = (n_bits << (8 * sizeof(T) - 1)) ^ vec_bits(r) ^ vec_bits(x);
    const vbits sign = flips & ~((T_UINT)-1 >> 1);
    return vec_from_bits(vec_bits(vec_clamp_max(result, 1)) ^ sign);
}

/* Takes the results of the C library where x is beyond TRIG_HIGH. Out of line: it is rare. */
#define DEFINE_FAR(function)                                                                 \
    static __attribute__((noinline, unused)) vec FN(function##_far)(vec x, vec result)       \
    {                                                                                        \
        for (int i = 0; i < VL; i++) {                                                       \
            const double lane = (double)x[i];                                                \
            result[i] = fabs(lane) <= (double)TRIG_HIGH ? result[i] : (T)function(lane);     \
        }                                                                                    \
        return result;                                                                       \
    }

DEFINE_FAR(sin)
DEFINE_FAR(cos)

#undef DEFINE_FAR

TGC_INLINE vec vec_sin(vec x)
{
    const vec a = vec_abs(x);
    const vec shifted = vec_fma(a, vec_set1((T)0.3183098861837907), vec_set1(MAGIC));
    const vec r = FN(reduce_trig)(a, shifted - MAGIC);
    const vec result = FN(sin_reduced)(r, vec_bits(shifted), x);
    return vmask_all(vec_le(a, vec_set1(TRIG_HIGH))) ? result : FN(sin_far)(x, result);
}

/* cos(a) = sin(a + pi/2) */
TGC_INLINE vec vec_cos(vec x)
{
    const vec a = vec_abs(x);
    const vec shifted = vec_fma(a, vec_set1((T)0.3183098861837907), vec_set1((T)0.5)) + MAGIC;
    const vec r = FN(reduce_trig)(a, (shifted - MAGIC) - (T)0.5);
    const vec result = FN(sin_reduced)(r, vec_bits(shifted), a);
    return vmask_all(vec_le(a, vec_set1(TRIG_HIGH))) ? result : FN(cos_far)(x, result);
}

#undef TRIG_HIGH
