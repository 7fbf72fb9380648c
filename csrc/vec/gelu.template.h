/*
 * erfc, and gelu with its derivative in both forms. All keep their relative accuracy down to where
 * they underflow. An argument of exp near -100 needs more digits there than T has, so it is a pair.
 */

/* a * b */
TGC_INLINE FN(pair) FN(product)(vec a, vec b)
{
    const vec product = a * b;
    return (FN(pair)){product, vec_mul_error(a, b, product)};
}

/* exp(-x) / 2**n, which is near 1 */
TGC_INLINE vec FN(exp_of_minus)(FN(pair) x, vec *n)
{
    const vec high = FN(reduce_exp)(-x.high, n);
    return FN(exp_reduced)(vec_fnma(*n, vec_set1(FN(LN2)[1]), high - x.low));
}

/* From here on erfc is 0. */
#define ERFC_HIGH ((T)(T_BIAS == 127 ? 10.25 : 27.4))
/* From here on gelu's tail is 0, and its slope is 1 (for negative numbers 0). */
#define GELU_HIGH ((T)(T_BIAS == 127 ? 14.6 : 38.8))

TGC_INLINE vec vec_erfc(vec x)
{
    vec n;
    const vec a = vec_clamp_max(vec_abs(x), ERFC_HIGH);
    const vec p = FN(exp_of_minus)(FN(product)(a, a), &n);
    const vec tail = FN(scale)(p * BY_PIECES(a, SCALED_ERFC, T_BIAS == 127 ? 1 : 2, 1), n);
    return vec_select(vec_lt(x, vec_zero()), 2 - tail, tail);
}

#if T_BIAS == 127

/* Below 4, where most numbers are, a table gives the tail or the slope without an exponential. A
 * vector that also has larger numbers is computed in both ways. */
#define NEAR_HIGH 4
#define DEFINE_NEAR(name, table)                                                             \
    static __attribute__((noinline, unused)) vec FN(name##_both)(vec a, vec near)            \
    {                                                                                        \
        return vec_select(vec_lt(a, vec_set1(NEAR_HIGH)), near, FN(name##_by_exp)(a));       \
    }                                                                                        \
    TGC_INLINE vec FN(name)(vec a)                                                           \
    {                                                                                        \
        const vec near = BY_PIECES(a, table, 4, 3);                                          \
        return vmask_all(vec_lt(a, vec_set1(NEAR_HIGH))) ? near : FN(name##_both)(a, near);  \
    }
#else
#define DEFINE_NEAR(name, table)                                                             \
    TGC_INLINE vec FN(name)(vec a)                                                           \
    {                                                                                        \
        return FN(name##_by_exp)(a);                                                         \
    }
#endif

/* a Phi(-a) for the normal distribution Phi(a) = erfc(-a / sqrt(2)) / 2, a >= 0 */
TGC_INLINE vec FN(gelu_tail_by_exp)(vec a)
{
    vec n;
    const vec bounded = vec_clamp_max(a, GELU_HIGH);
    const vec p = FN(exp_of_minus)(FN(product)(bounded, (T)0.5 * bounded), &n);
    return FN(scale)(p * BY_PIECES(bounded, SCALED_GELU, T_BIAS == 127 ? 1 : 3, 1), n);
}

/* Phi(-a) - a Phi'(a), a >= 0 */
TGC_INLINE vec FN(gelu_slope_by_exp)(vec a)
{
    vec n;
    const vec bounded = vec_clamp_max(a, GELU_HIGH);
    const vec p = FN(exp_of_minus)(FN(product)(bounded, (T)0.5 * bounded), &n);
    return FN(scale)(p * BY_PIECES(bounded, SCALED_GELU_SLOPE, T_BIAS == 127 ? 1 : 3, 1), n);
}

DEFINE_NEAR(gelu_tail, NEAR_GELU)
DEFINE_NEAR(gelu_slope, NEAR_GELU_SLOPE)

/* x Phi(x): -tail below 0 and x - tail above. As in PyTorch, -0 for the large negative numbers, NaN
 * for -infinity. */
TGC_INLINE vec vec_gelu(vec x)
{
    const vec positive = x - vec_clamp_max(x, 0);
    return vec_copysign(positive - FN(gelu_tail)(vec_abs(x)), x);
}

/* The derivative Phi(x) + x Phi'(x), which at a is 1 minus that at -a. As in PyTorch, NaN for the
 * infinities. */
TGC_INLINE vec vec_gelu_slope(vec x)
{
    const vec a = vec_abs(x), below = FN(gelu_slope)(a);
    const vec slope = vec_select(vec_lt(x, vec_zero()), below, 1 - below);
    return vec_select(vec_lt(a, vec_set1((T)INFINITY)), slope, vec_set1((T)NAN));
}

/* The other form, with tanh, is x sigmoid(v), v = x (SLOPE + CUBIC x**2). From LOW down it is 0,
 * from HIGH on it is x. */
#define LOW (T_BIAS == 127 ? -11 : -22)
#define HIGH 8

/* v for x within these bounds */
TGC_INLINE FN(pair) FN(gelu_exponent)(vec x)
{
    const vec slope = vec_set1(FN(GELU_SLOPE)[0]), cubic = vec_set1(FN(GELU_CUBIC)[0]);
    const FN(pair) square = FN(product)(x, x);
    const vec sum = vec_fma(cubic, square.high, slope);
    /* The slope is so short that the difference is exact. */
    const vec missing = vec_subtract_product(sum - slope, cubic, square.high);
    const vec small =
        vec_fma(vec_set1(FN(GELU_CUBIC)[1]), square.high, vec_set1(FN(GELU_SLOPE)[1]));
    const vec rest = vec_fma(cubic, square.low, small) - missing;
    const FN(pair) v = FN(product)(x, sum);
    return (FN(pair)){v.high, vec_fma(x, rest, v.low)};
}

/* With v = n log(2) + r: sigmoid(v) = 2**n / divisor, divisor = 2**n + rest, rest = exp(-r). */
TGC_INLINE vec FN(gelu_divisor)(vec x, vec *n, vec *rest)
{
    const FN(pair) v = FN(gelu_exponent)(x);
    const vec high = FN(reduce_exp)(v.high, n);
    const vec minus_r = vec_fma(*n, vec_set1(FN(LN2)[1]), -high) - v.low;
    *rest = FN(exp_reduced)(minus_r);
    return FN(scale)(vec_set1(1), *n) + *rest;
}

TGC_INLINE vec FN(gelu_tanh_by_exp)(vec x)
{
    vec n, rest;
    const vec divisor = FN(gelu_divisor)(vec_clamp(x, LOW, HIGH), &n, &rest);
    const vec result = FN(scale)(vec_clamp_min(x, LOW) / divisor, n);
    return vec_select(vec_eq(x, vec_set1(-(T)INFINITY)), vec_set1((T)NAN), result);
}

/* s + x v' s (1 - s) for s = sigmoid(v). Above 0, 1 - s is computed as rest / divisor, because the
 * difference would cancel. */
TGC_INLINE vec FN(gelu_tanh_slope_by_exp)(vec x)
{
    vec n, rest;
    const vec a = vec_clamp(x, LOW, HIGH);
    const vec inverse = 1 / FN(gelu_divisor)(a, &n, &rest);
    const vec v_slope =
        vec_fma(a * a, vec_set1(3 * FN(GELU_CUBIC)[0]), vec_set1((T)1.5957691216057308));
    const vec below = 1 - FN(scale)(inverse, n);
    const vec complement = vec_select(vec_lt(x, vec_zero()), below, rest * inverse);
    const vec factor = vec_fma(a * v_slope, complement, vec_set1(1));
    const vec slope = FN(scale)(inverse * factor, n);
    return vec_select(vec_lt(vec_abs(x), vec_set1((T)INFINITY)), slope, vec_set1((T)NAN));
}

/* As for gelu: these forms have the same symmetries. */
#if T_BIAS == 127
#define DEFINE_TANH(name)                                                                    \
    static __attribute__((noinline, unused)) vec FN(name##_both)(vec x, vec near)            \
    {                                                                                        \
        const vmask is_near = vec_lt(vec_abs(x), vec_set1(NEAR_HIGH));                       \
        return vec_select(is_near, near, FN(name##_by_exp)(x));                              \
    }                                                                                        \
    TGC_INLINE vec vec_##name(vec x)                                                         \
    {                                                                                        \
        const vec a = vec_abs(x), near = FN(name##_near)(x, a);                              \
        return vmask_all(vec_lt(a, vec_set1(NEAR_HIGH))) ? near : FN(name##_both)(x, near);  \
    }

TGC_INLINE vec FN(gelu_tanh_near)(vec x, vec a)
{
    const vec tail = BY_PIECES(a, NEAR_GELU_TANH, 4, 3);
    return vec_copysign((x - vec_clamp_max(x, 0)) - tail, x);
}

TGC_INLINE vec FN(gelu_tanh_slope_near)(vec x, vec a)
{
    const vec below = BY_PIECES(a, NEAR_GELU_TANH_SLOPE, 4, 3);
    return vec_select(vec_lt(x, vec_zero()), below, 1 - below);
}
#else
#define DEFINE_TANH(name)                                                                    \
    TGC_INLINE vec vec_##name(vec x)                                                         \
    {                                                                                        \
        return FN(name##_by_exp)(x);                                                         \
    }
#endif

DEFINE_TANH(gelu_tanh)
DEFINE_TANH(gelu_tanh_slope)

#undef DEFINE_TANH
#undef DEFINE_NEAR
#undef NEAR_HIGH
#undef ERFC_HIGH
#undef GELU_HIGH
#undef LOW
#undef HIGH
