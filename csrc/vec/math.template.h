/*
 * Elementary functions for one real type, within 3 ulp, but 5 for the derivative of gelu with tanh;
 * tests/csrc measures them. Include it once per type, after f32.h or f64.h.
 *
 * exp, log and their kin reduce the argument to a small interval and evaluate a minimax
 * polynomial there (coefficients.h and pieces.h, made by fit.py). Special values are those of C99,
 * results underflow gradually, and no lane's result depends on another's.
 *
 * Their time depends on the number of instructions and on how many of them wait for one another: a
 * CPU looks about a hundred instructions ahead, which is a few vectors.
 */
#include <math.h>

#include "coefficients.h"
#include "pieces.h"

/* The polynomial with these coefficients, constant term first. */
#define POLYNOMIAL(x, table) vec_polynomial(x, FN(table), sizeof FN(table) / sizeof(T))

/* The sum of this and a number below 2**(T_MANTISSA - 1) has no digits after the point. */
#define MAGIC ((T)(3LL << (T_MANTISSA - 1)))

TGC_INLINE vec FN(nearest)(vec v)
{
    return (v + MAGIC) - MAGIC;
}

/* A number as a sum that is not carried out; |low| is at most about an ulp of high. */
typedef struct {
    vec high, low;
} FN(pair);

/* At EXP_LOW one factor of `scale` is 0. The result is 0 from -104 (for doubles -746) down, but
 * there by a product that underflows, for which a CPU may take 70 cycles. That would be too slow
 * for -inf, which softmax has in lanes beyond a line, and which masks put where they hide
 * something. */
#define EXP_LOW (T_BIAS == 127 ? -176 : -1418)
/* From here on exp is infinite. */
#define EXP_HIGH (T_BIAS == 127 ? 89 : 710)

/* p * 2**n, rounded once; p is not of an extreme size. */
TGC_INLINE vec FN(scale)(vec p, vec n)
{
#ifdef TGC_VEC_EXPONENTS
    return vec_ldexp(p, n);
#else
    /* 2**n may not be a normal number, but two factors of half its exponent are, or are 0 if n is
     * -2 bias. The low bits of the sum are n + 2 bias; the shifts to the left drop the magic
     * number's own bits. */
    const vbits whole = vec_bits(n + (MAGIC + 2 * T_BIAS)), half = whole >> 1;
    const vec product = p * vec_from_bits((whole - half) << T_MANTISSA);
    return product * vec_from_bits(half << T_MANTISSA);
#endif
}

/* x = n * log(2) + r with |r| <= log(2) / 2: returns r but for the second part of log(2), without
 * rounding error. */
TGC_INLINE vec FN(reduce_exp)(vec x, vec *n)
{
    *n = vec_fma(x, vec_set1((T)1.4426950408889634), vec_set1(MAGIC)) - MAGIC;
    return vec_fnma(*n, vec_set1(FN(LN2)[0]), x);
}

/* exp(r) for |r| <= log(2) / 2 */
TGC_INLINE vec FN(exp_reduced)(vec r)
{
    const vec slope = vec_fma(POLYNOMIAL(r, EXP), r, vec_set1(1));
    return vec_fma(slope, r, vec_set1(1));
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
    const vec high = FN(reduce_exp)(vec_clamp(x, EXP_LOW, EXP_HIGH), &n);
    const vec r = vec_fnma(n, vec_set1(FN(LN2)[1]), high);
    return FN(scale)(FN(exp_reduced)(r), n);
}

/* (exp(x) - 1) / 2 for -T_MANTISSA <= x <= EXP_HIGH, where 2**(n-1) exists even if 2**n does not:
 * (2**n (1 + q) - 1) / 2 = q 2**(n-1) + (2**(n-1) - 1/2). */
TGC_INLINE vec FN(half_expm1)(vec x)
{
    vec n;
    const vec high = FN(reduce_exp)(x, &n);
    const vec q = FN(expm1_reduced)((FN(pair)){high, -n * FN(LN2)[1]});
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

/* 1 / (1 + exp(-x)) with x = n log(2) + r: 2**n / (2**n + exp(-r)), where nothing overflows, and
 * nothing cancels. 1 from 40 on. */
TGC_INLINE vec vec_sigmoid(vec x)
{
    vec n;
    const vec high = FN(reduce_exp)(vec_clamp(x, EXP_LOW, 40), &n);
    const vec power = FN(scale)(vec_set1(1), n);
    const vec rest = FN(exp_reduced)(vec_fma(n, vec_set1(FN(LN2)[1]), -high));
    return power / (power + rest);
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

/* The infinite exponents of 0 and infinity, and the NaN below 0, are those of vec_frexp. */
TGC_INLINE vec vec_log(vec x)
{
    vec exponent;
    const vec m = vec_frexp(x, &exponent);
    return FN(log_reduced)(m - 1, exponent);
}

/* log(1 + x), from u = 1 + x rounded and what rounding took (Knuth's exact sum). */
TGC_INLINE vec vec_log1p(vec x)
{
    vec exponent;
    const vec u = 1 + x;
    const vec rest = (1 - (u - (u - 1))) + (x - (u - 1));
    const vec m = vec_frexp(u, &exponent);
    const vec f = (m - 1) + rest * vec_exp2i(-vec_clamp(exponent, -T_BIAS, T_BIAS - 1));
    const vec result = FN(log_reduced)(f, exponent);
    const vmask itself = vmask_or(vec_eq(x, vec_zero()), vec_eq(x, vec_set1((T)INFINITY)));
    return vec_select(itself, x, result);
}

/* A function of a >= 0 by a table of polynomials. The exponent and the first digits of a + offset
 * say which of 8 pieces a is in; each has a polynomial of its own. Row 0 of the table are their
 * centres, where the function hardly needs to be rounded, the others are the coefficients. */
#define BY_PIECES(a, table, offset, digits) \
    FN(by_pieces)(a, FN(table), sizeof FN(table) / sizeof FN(table)[0], offset, digits)

TGC_INLINE vec FN(by_pieces)(vec a, const T (*table)[8], int rows, T offset, int digits)
{
    const vbits piece = vec_bits(a + offset) >> (T_MANTISSA - digits);
    const vec distance = a - vec_lookup(table[0], piece);
    vec sum = vec_lookup(table[rows - 1], piece);
    TGC_UNROLL
    for (int i = rows - 2; i > 0; i--) {
        sum = vec_fma(sum, distance, vec_lookup(table[i], piece));
    }
    return sum;
}

#if T_BIAS == 127 && defined(TGC_VEC_PERMUTE) && TGC_VEC_BYTES == 64

/* Vectors this long are divided slowly, and looked up fast. */
TGC_INLINE vec vec_tanh(vec x)
{
    return vec_copysign(BY_PIECES(vec_clamp_max(vec_abs(x), 10), TANH, 1, 1), x);
}

#elif T_BIAS == 127

/* 2 t / (1 + t**2) with t = tanh(x / 2), whose error counts the less the nearer t is to 1. With
 * 2 t = n / d that is n / (d + n**2 / (4 d)), of which all but the 1 in d is small for a small x.
 * The quotient rounds to 1 at 9.02, and a little before that it can be more. */
TGC_INLINE vec vec_tanh(vec x)
{
    const vec c = vec_clamp(x, (T)-9.02, (T)9.02), z = c * c;
    const vec n = vec_fma(c * z, POLYNOMIAL(z, TANH_ABOVE), c);
    const vec rest = z * POLYNOMIAL(z, TANH_BELOW); /* d - 1 */
    const vec sum = vec_fma((T)0.25 * n, n / (1 + rest), rest);
    return vec_clamp(n / (1 + sum), -1, 1);
}

#else

/* tanh(x) = h / (1 + h) with h = (exp(2x) - 1) / 2, so that small x lose nothing. Written as
 * h - h**2 / (1 + h) for them, it depends little on how the quotient was rounded. 1 from 20 on. */
TGC_INLINE vec vec_tanh(vec x)
{
    const vec h = FN(half_expm1)(2 * vec_clamp_max(vec_abs(x), 20));
    const vec quotient = h / (1 + h);
    const vec near_0 = vec_fnma(h, quotient, h);
    return vec_copysign(vec_select(vec_lt(h, vec_set1((T)0.5)), near_0, quotient), x);
}

#endif

#if T_BIAS == 127

TGC_INLINE vec vec_erf(vec x)
{
    return vec_copysign(BY_PIECES(vec_clamp_max(vec_abs(x), (T)3.95), ERF, 4, 3), x);
}

#else

/* Near 0 an odd polynomial; from 0.9 on 1 - exp of a polynomial, 1 from 6 on. */
TGC_INLINE vec vec_erf(vec x)
{
    const vec a = vec_clamp_max(vec_abs(x), 6);
    const vec near_0 = vec_fma(a, POLYNOMIAL(a * a, ERF), a);
    const vec far = 1 - vec_exp(-POLYNOMIAL(a - 1, ERFC));
    return vec_copysign(vec_select(vec_lt(a, vec_set1((T)0.9)), near_0, far), x);
}

#endif

#include "pow.template.h"
#include "trig.template.h"
#include "gelu.template.h"

#undef BY_PIECES
#undef POLYNOMIAL
#undef MAGIC
#undef EXP_LOW
#undef EXP_HIGH
