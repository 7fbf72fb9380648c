/*
 * gelu and its derivative in long double, right to about its last digits also in the left tail,
 * where an error of the exponent of -750 is that many times as large in the result: exponents are
 * sums of two numbers.
 */
#ifndef GELU_EXACT_H
#define GELU_EXACT_H

#include <math.h>

/* Beyond these bounds all exponentials are 0. */
static inline long double bounded(long double x)
{
    return x < -200 ? -200 : x > 200 ? 200 : x;
}

/* exp(-x**2 / 2) */
static inline long double exact_gauss(long double x)
{
    const long double square = x * x / 2;
    return expl(-square) * (1 - fmal(x, x / 2, -square));
}

/* erfc(-x / sqrt(2)) / 2: what b = -x / sqrt(2) lacks changes exp(-b**2), and hardly the rest. */
static inline long double exact_normal(long double x)
{
    const long double b = -x * 0.7071067811865475244L, square = b * b;
    const long double missing = fmal(x, x / 2, -square) - fmal(b, b, -square);
    return erfcl(b) / 2 * (x < 0 ? 1 - missing : 1);
}

static inline long double exact_gelu(long double x)
{
    return x == -INFINITY ? (long double)NAN : x * exact_normal(bounded(x));
}

static inline long double exact_gelu_slope(long double x)
{
    const long double a = bounded(x);
    const long double slope = exact_normal(a) + a * exact_gauss(a) * 0.398942280401432677939946L;
    return isinf(x) ? (long double)NAN : slope == 0 ? -0.0L : slope;
}

/* exp(-|v|), v = 2 sqrt(2 / pi) (x + 0.044715 x**3) */
static inline long double exact_gelu_exp(long double x)
{
    const long double slope = 1.595769121605730711706272L, slope_low = 5.351177755720478e-20L;
    const long double cubic = 0.07135481627260024877721376L, cubic_low = -8.750062144008985e-22L;
    const long double square = x * x, square_low = fmal(x, x, -square);
    const long double product = cubic * square, sum = product + slope, taken = sum - product;
    long double rest = (product - (sum - taken)) + (slope - taken);
    rest += fmal(cubic, square, -product) + cubic * square_low + cubic_low * square + slope_low;
    const long double v = x * sum, v_low = fmal(x, sum, -v) + x * rest;
    return x < 0 ? expl(v) * (1 + v_low) : expl(-v) * (1 - v_low);
}

static inline long double exact_gelu_tanh(long double x)
{
    const long double e = exact_gelu_exp(bounded(x));
    return x == -INFINITY ? (long double)NAN : x < 0 ? x * e / (1 + e) : x / (1 + e);
}

static inline long double exact_gelu_tanh_slope(long double x)
{
    const long double a = bounded(x), e = exact_gelu_exp(a);
    const long double sigmoid = (a < 0 ? e : 1) / (1 + e), rest = (a < 0 ? 1 : e) / (1 + e);
    const long double slope = 1.595769121605730711759784L * (1 + 3 * 0.044715L * a * a);
    return isinf(x) ? (long double)NAN : sigmoid * (1 + a * slope * rest);
}

#endif
