/*
 * Elementary functions for one real type, within 2 ulp (tanh 2.1); tests/csrc measures them.
 * Include it once per type, after f32.h or f64.h.
 *
 * exp, log and their kin reduce the argument to a small interval and evaluate a minimax
 * polynomial there (coefficients.h, made by fit.py). Special values are those of C99, results
 * underflow gradually, and no lane's result depends on another's.
 */
#include <math.h>

#include "coefficients.h"

/* The polynomial with these coefficients, constant term first. */
#define POLYNOMIAL(x, table) FN(polynomial)(x, FN(table), sizeof FN(table) / sizeof(T))

TGC_INLINE vec FN(polynomial)(vec x, const T *coefficients, int count)
{
    vec sum = vec_set1(coefficients[count - 1]);
    TGC_UNROLL
    for (int i = count - 2; i >= 0; i--) {
        sum = vec_fma(sum, x, vec_set1(coefficients[i]));
    }
    return sum;
}

/* v to the nearest integer, for |v| < 2**(T_MANTISSA - 1): the sum has no digits for more. */
TGC_INLINE vec FN(nearest)(vec v)
{
    const T magic = (T)(3LL << (T_MANTISSA - 1));
    return (v + magic) - magic;
}

/* Bounds beyond which exp is 0 and infinite; exponents within them suit scale. */
#define EXP_LOW (T_BIAS == 127 ? -104 : -746)
#define EXP_HIGH (T_BIAS == 127 ? 89 : 710)

/* p * 2**n for p near 1: two factors, since 2**n or the result may be none of the normals. */
TGC_INLINE vec FN(scale)(vec p, vec n)
{
#ifdef TGC_VEC_SCALEF
    return vec_ldexp(p, n);
#else
    const vec most = vec_clamp(n, 1 - T_BIAS, T_BIAS);
    return p * vec_exp2i(n - most) * vec_exp2i(most);
#endif
}

/* A number as an unevaluated sum, |low| at most about an ulp of high. */
typedef struct {
    vec high, low;
} FN(pair);

/* x = n * log(2) + r with |r| <= log(2) / 2: returns r, its high part without rounding error. */
TGC_INLINE FN(pair) FN(reduce_exp)(vec x, vec *n)
{
    *n = FN(nearest)(x * (T)1.4426950408889634);
    return (FN(pair)){vec_fnma(*n, vec_set1(FN(LN2)[0]), x), -*n * FN(LN2)[1]};
}

/* exp(r) - 1 for |r| <= log(2) / 2 */
TGC_INLINE vec FN(expm1_reduced)(FN(pair) r)
{
    const vec sum = r.high + r.low;
    return r.high + vec_fma(sum * sum, POLYNOMIAL(sum, EXP), r.low);
}

TGC_INLINE vec vec_exp(vec x)
{
    vec n;
    const FN(pair) r = FN(reduce_exp)(vec_clamp(x, EXP_LOW, EXP_HIGH), &n);
    return FN(scale)(1 + FN(expm1_reduced)(r), n);
}

/* (exp(x) - 1) / 2 for -T_MANTISSA <= x <= EXP_HIGH, where 2**(n-1) exists even if 2**n does not:
 * (2**n (1 + q) - 1) / 2 = q 2**(n-1) + (2**(n-1) - 1/2). */
TGC_INLINE vec FN(half_expm1)(vec x)
{
    vec n;
    const vec q = FN(expm1_reduced)(FN(reduce_exp)(x, &n));
    const vec power = vec_exp2i(n - 1);
    return vec_fma(power, q, power - (T)0.5);
}

/* From -T_MANTISSA down the result rounds to -1. That of a tiny x is x, while half of x may have
 * to be rounded. */
TGC_INLINE vec vec_expm1(vec x)
{
    const vec result = 2 * FN(half_expm1)(vec_clamp(x, -T_MANTISSA, EXP_HIGH));
    return vec_select(vec_lt(vec_abs(x), vec_set1((T)1e-30)), x, result);
}

/* tanh(x) = h / (1 + h) with h = (exp(2x) - 1) / 2, so that small x lose nothing. Written as
 * h - h**2 / (1 + h) for them, it depends little on how the quotient was rounded. 1 from 20 on. */
TGC_INLINE vec vec_tanh(vec x)
{
    const vec h = FN(half_expm1)(2 * vec_clamp_max(vec_abs(x), 20));
    const vec quotient = h / (1 + h);
    const vec near_0 = vec_fnma(h, quotient, h);
    return vec_copysign(vec_select(vec_lt(h, vec_set1((T)0.5)), near_0, quotient), x);
}

/* 1 / (1 + exp(-x)) by e = exp(-|x|), which neither overflows nor cancels: for x >= 0 it is
 * 1 - e / (1 + e), below 0 e times that. */
TGC_INLINE vec vec_sigmoid(vec x)
{
    const vec e = vec_exp(-vec_abs(x));
    const vec factor = vec_select(vec_lt(x, vec_zero()), e, vec_set1(1));
    return vec_fnma(factor, e / (1 + e), factor);
}

/* log(1 + f) + exponent * log(2) for 1 + f in [sqrt(1/2), sqrt(2)]. With s = f / (2 + f) it is
 * 2 atanh(s), and 2 s = f - f**2/2 + s f**2/2, where the large terms have no rounding error. */
TGC_INLINE vec FN(log_reduced)(vec f, vec exponent)
{
    const vec s = f / (2 + f);
    const vec z = s * s;
    const vec half_square = (T)0.5 * f * f;
    const vec tail = vec_fma(z, POLYNOMIAL(z, LOG), half_square);
    const vec small = vec_fma(s, tail, exponent * FN(LN2)[1]);
    return vec_fma(exponent, vec_set1(FN(LN2)[0]), f - (half_square - small));
}

/* The logarithm of x where it is not an ordinary number: -inf at 0, NaN below, else x. */
TGC_INLINE vec FN(log_special)(vec x, vec ordinary)
{
    const vec infinite = vec_set1((T)INFINITY);
    const vec result = vec_select(vec_lt(x, infinite), ordinary, x);
    const vec at_most_0 = vec_select(vec_lt(x, vec_zero()), vec_set1((T)NAN), -infinite);
    return vec_select(vec_le(x, vec_zero()), at_most_0, result);
}

TGC_INLINE vec vec_log(vec x)
{
    vec exponent;
    const vec m = vec_frexp(x, &exponent);
    return FN(log_special)(x, FN(log_reduced)(m - 1, exponent));
}

/* log(1 + x), from u = 1 + x rounded and what rounding took (Knuth's exact sum). */
TGC_INLINE vec vec_log1p(vec x)
{
    vec exponent;
    const vec u = 1 + x;
    const vec rest = (1 - (u - (u - 1))) + (x - (u - 1));
    const vec m = vec_frexp(u, &exponent);
    const vec f = (m - 1) + rest * vec_exp2i(-vec_clamp(exponent, -T_BIAS, T_BIAS - 1));
    const vec result = FN(log_special)(u, FN(log_reduced)(f, exponent));
    return vec_select(vec_eq(x, vec_zero()), x, result);
}

#define ERF_HIGH (T_BIAS == 127 ? 4 : 6)

/* Near 0 an odd polynomial; from 0.9 on 1 - exp of a polynomial, 1 from ERF_HIGH on. */
TGC_INLINE vec vec_erf(vec x)
{
    const vec a = vec_clamp_max(vec_abs(x), ERF_HIGH);
    const vec near_0 = vec_fma(a, POLYNOMIAL(a * a, ERF), a);
    const vec far = 1 - vec_exp(-POLYNOMIAL(a - 1, ERFC));
    return vec_copysign(vec_select(vec_lt(a, vec_set1((T)0.9)), near_0, far), x);
}

#include "pow.template.h"
#include "trig.template.h"

#undef POLYNOMIAL
#undef EXP_LOW
#undef EXP_HIGH
#undef ERF_HIGH
