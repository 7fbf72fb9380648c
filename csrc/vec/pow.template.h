/*
 * pow: exp(y log(a)), where log(a) has about twice T's digits, since an error of it is multiplied
 * by up to y log(a).
 */

/* a + b exactly, for |a| >= |b| or a = 0 (Dekker). */
TGC_INLINE FN(pair) FN(exact_sum)(vec a, vec b)
{
    const vec sum = a + b;
    return (FN(pair)){sum, b - (sum - a)};
}

/* a * b without low * low */
TGC_INLINE FN(pair) FN(pair_product)(FN(pair) a, FN(pair) b)
{
    const vec product = a.high * b.high;
    const vec cross = vec_fma(a.high, b.low, a.low * b.high);
    return (FN(pair)){product, vec_mul_error(a.high, b.high, product) + cross};
}

/* (m - 1) / (m + 1): the quotient of the high parts, then what its remainder adds. */
TGC_INLINE FN(pair) FN(log_argument)(vec m)
{
    const vec f = m - 1;
    const vec divisor = m + 1, divisor_low = m - (divisor - 1);
    const vec quotient = f / divisor;
    const vec product = quotient * divisor;
    vec remainder = (f - product) - vec_mul_error(quotient, divisor, product);
    remainder = vec_fnma(quotient, divisor_low, remainder);
    /* 1 / divisor = (1 - s) / 2 */
    return (FN(pair)){quotient, remainder * (T)0.5 * (1 - quotient)};
}

/* log(a) for positive finite a: exponent log(2) + 2 s + s z (2/3 + z tail), see vec_log. Only the
 * tail, at most 2**-12 of the sum, is of simple precision. */
TGC_INLINE FN(pair) FN(log_pair)(vec a)
{
    vec exponent;
    const FN(pair) s = FN(log_argument)(vec_frexp(a, &exponent));
    const FN(pair) z = FN(pair_product)(s, s);
    const vec tail = z.high * POLYNOMIAL(z.high, LOG_TAIL);
    FN(pair) factor = FN(exact_sum)(vec_set1(FN(TWO_THIRDS)[0]), tail);
    factor.low += FN(TWO_THIRDS)[1];
    const FN(pair) cubic = FN(pair_product)(s, FN(pair_product)(z, factor));
    const FN(pair) log_m = FN(exact_sum)(2 * s.high, cubic.high);
    const FN(pair) sum = FN(exact_sum)(exponent * FN(LN2)[0], log_m.high);
    const vec low = vec_fma(exponent, vec_set1(FN(LN2)[1]), 2 * s.low + cubic.low + log_m.low);
    return (FN(pair)){sum.high, sum.low + low};
}

/* exp(x.high + x.low) */
TGC_INLINE vec FN(exp_pair)(FN(pair) x)
{
    vec n;
    const vec bounded = vec_clamp(x.high, EXP_LOW, EXP_HIGH);
    FN(pair) r = FN(reduce_exp)(bounded, &n);
    r.low += vec_select(vec_eq(bounded, x.high), x.low, vec_zero());
    return FN(scale)(1 + FN(expm1_reduced)(r), n);
}

/* a**y for positive finite a; beyond the bounds, y can only give 0, 1 or infinity. */
TGC_INLINE vec FN(pow_positive)(vec a, vec y)
{
    const T high = (T)(1LL << T_MANTISSA) * (1 << 20);
    const vec bounded = vec_clamp(y, -high, high);
    return FN(exp_pair)(FN(pair_product)(FN(log_pair)(a), (FN(pair)){bounded, vec_zero()}));
}

/* C99's pow with its special cases, for any x and y; about 1 ulp. */
TGC_INLINE vec vec_pow(vec x, vec y)
{
    const vec zero = vec_zero(), one = vec_set1(1), infinite = vec_set1((T)INFINITY);
    const vec a = vec_abs(x);
    const vmask whole = vec_eq(vec_round(y), y);
    const vmask odd = vmask_and(whole, vec_ne(vec_round(y * (T)0.5), y * (T)0.5));

    vec result = FN(pow_positive)(a, y);
    const vmask at_0 = vec_eq(a, zero), at_infinity = vec_eq(a, infinite);
    const vmask falling = vec_lt(y, zero);
    const vec end = vec_select(falling, infinite, zero);
    result = vec_select(at_0, end, result);
    result = vec_select(at_infinity, vec_select(falling, zero, infinite), result);
    result = vec_select(odd, vec_copysign(result, x), result);
    /* A negative number has no real power that is not whole. */
    const vmask below_0 = vmask_and(vec_lt(x, zero), vmask_not(at_infinity));
    const vmask undefined = vmask_and(below_0, vmask_not(whole));
    result = vec_select(undefined, vec_set1((T)NAN), result);
    /* NaN, but 1 if x is 1 or y is 0 whatever the other is. */
    result = vec_select(vmask_or(vec_isnan(x), vec_isnan(y)), x + y, result);
    return vec_select(vmask_or(vec_eq(x, one), vec_eq(y, zero)), one, result);
}
