/*
 * pow: exp(y log(a)). The logarithm needs about twice T's digits, because its relative error is
 * multiplied by y log(a): that of floats is computed in doubles, that of doubles in pairs.
 *
 * pow_positive is a**y for a >= 0, but for 1 and infinite y, and for y = 0 where a is not finite.
 */
#if T_BIAS == 127

#include "f64.h"
#include "pow_float.template.h"
#include "f32.h"

/* n vectors, up to 2, at once: logarithm and power are long chains of instructions, and the chains
 * of different vectors do not wait for each other. */
TGC_INLINE void FN(pow_positive)(int n, const vec *a, const vec *y, vec *power)
{
    vec_f64 m[4], exponent[4], wide[4], wide_power[4];
    TGC_UNROLL
    for (int i = 0; i < n; i++) {
        vec narrow_exponent;
        const vec narrow_m = vec_frexp(a[i], &narrow_exponent);
        m[2 * i] = vec_widen_low(narrow_m);
        m[2 * i + 1] = vec_widen_high(narrow_m);
        exponent[2 * i] = vec_widen_low(narrow_exponent);
        exponent[2 * i + 1] = vec_widen_high(narrow_exponent);
        wide[2 * i] = vec_widen_low(y[i]);
        wide[2 * i + 1] = vec_widen_high(y[i]);
    }
    pow_float_f64(2 * n, m, exponent, wide, wide_power);
    TGC_UNROLL
    for (int i = 0; i < n; i++) {
        power[i] = vec_narrow(wide_power[2 * i], wide_power[2 * i + 1]);
    }
}

#else

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
    const vec high = FN(reduce_exp)(bounded, &n);
    const vec low = vec_select(vec_eq(bounded, x.high), x.low, vec_zero());
    const FN(pair) r = {high, vec_fnma(n, vec_set1(FN(LN2)[1]), low)};
    return FN(scale)(1 + FN(expm1_reduced)(r), n);
}

/* Beyond the bounds, y can only give 0, 1 or infinity. */
TGC_INLINE void FN(pow_positive)(int n, const vec *a, const vec *y, vec *power)
{
    const T high = (T)(1LL << T_MANTISSA) * (1 << 20);
    const vec zero = vec_zero(), infinite = vec_set1((T)INFINITY);
    TGC_UNROLL
    for (int i = 0; i < n; i++) {
        const FN(pair) factor = {vec_clamp(y[i], -high, high), zero};
        const vec ordinary = FN(exp_pair)(FN(pair_product)(FN(log_pair)(a[i]), factor));
        const vmask falling = vec_lt(y[i], zero);
        const vec at_0 = vec_select(falling, infinite, zero);
        const vec at_infinity = vec_select(falling, zero, infinite);
        const vec result = vec_select(vec_eq(a[i], zero), at_0, ordinary);
        power[i] = vec_select(vec_eq(a[i], infinite), at_infinity, result);
        power[i] = vec_select(vec_isnan(y[i]), y[i], power[i]);
    }
}

#endif

/* The power of a number with a sign, from that of its magnitude. */
TGC_INLINE vec FN(pow_negative)(vec x, vec y, vec power)
{
    const vec infinite = vec_set1((T)INFINITY);
    const vmask whole = vec_eq(vec_round(y), y);
    const vmask odd = vmask_and(whole, vec_ne(vec_round(y * (T)0.5), y * (T)0.5));
    const vec result = vec_select(odd, vec_copysign(power, x), power);
    /* A negative number has no real power that is not whole. */
    const vmask below_0 = vmask_and(vec_lt(x, vec_zero()), vec_gt(x, -infinite));
    const vmask undefined = vmask_and(below_0, vmask_not(whole));
    const vmask one = vmask_and(vec_eq(x, vec_set1(-1)), vec_eq(vec_abs(y), infinite));
    return vec_select(one, vec_set1(1), vec_select(undefined, vec_set1((T)NAN), result));
}

/* C99's pow with its special cases, for any x and y, for n vectors, up to 2; about 1 ulp. */
TGC_INLINE void vec_pows(int n, const vec *x, const vec *y, vec *power)
{
    vec a[2];
    TGC_UNROLL
    for (int i = 0; i < n; i++) {
        a[i] = vec_abs(x[i]);
    }
    FN(pow_positive)(n, a, y, power);
    TGC_UNROLL
    for (int i = 0; i < n; i++) {
        if (vmask_any(vec_signbit(x[i]))) {
            power[i] = FN(pow_negative)(x[i], y[i], power[i]);
        }
        /* 1 if x is 1 or y is 0, also where the other is NaN. */
        const vmask one = vmask_or(vec_eq(x[i], vec_set1(1)), vec_eq(y[i], vec_zero()));
        power[i] = vec_select(one, vec_set1(1), power[i]);
    }
}

TGC_INLINE vec vec_pow(vec x, vec y)
{
    vec power;
    vec_pows(1, &x, &y, &power);
    return power;
}
