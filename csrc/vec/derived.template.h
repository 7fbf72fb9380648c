/* What is built from base.template.h and the ISA's own functions, the same for every ISA. */

TGC_INLINE vmask vec_isnan(vec v)
{
    return vec_ne(v, v);
}

TGC_INLINE vec vec_relu(vec v)
{
    return vec_select(vec_le(v, vec_zero()), vec_zero(), v);
}

TGC_INLINE vec vec_load_first(const T *p, ptrdiff_t n)
{
    return n == VL ? vec_load(p) : vec_loadn(p, n);
}

TGC_INLINE void vec_store_first(T *p, vec v, ptrdiff_t n)
{
    if (n == VL) {
        vec_store(p, v);
    } else {
        vec_storen(p, v, n);
    }
}

TGC_INLINE vec vec_max(vec a, vec b)
{
    return vec_select(vec_isnan(a), a, vec_larger(a, b));
}

TGC_INLINE vec vec_min(vec a, vec b)
{
    return vec_select(vec_isnan(a), a, vec_smaller(a, b));
}

TGC_INLINE vec vec_clamp_min(vec v, T low)
{
    return vec_larger(vec_set1(low), v);
}

TGC_INLINE vec vec_clamp_max(vec v, T high)
{
    return vec_smaller(vec_set1(high), v);
}

TGC_INLINE vec vec_clamp(vec v, T low, T high)
{
    return vec_clamp_max(vec_clamp_min(v, low), high);
}

/* A long polynomial is computed as two, of the even and of the odd powers, which do not wait for
 * each other. */
TGC_INLINE vec vec_polynomial(vec x, const T *coefficients, int count)
{
    const int step = count < 8 ? 1 : 2;
    const vec power = step == 1 ? x : x * x;
    vec sums[2];
    TGC_UNROLL
    for (int i = count - 1; i >= 0; i--) {
        const vec c = vec_set1(coefficients[i]);
        vec *sum = &sums[i % step];
        *sum = i + step >= count ? c : vec_fma(*sum, power, c);
    }
    return step == 1 ? sums[0] : vec_fma(sums[1], x, sums[0]);
}

/* v with op applied over all lanes, in lane 0 (and every other). */
#define FOLD(op, v)                                                                          \
    do {                                                                                     \
        v = VL > 8 ? op(v, vec_swap(v, 8)) : v;                                              \
        v = VL > 4 ? op(v, vec_swap(v, 4)) : v;                                              \
        v = VL > 2 ? op(v, vec_swap(v, 2)) : v;                                              \
        v = op(v, vec_swap(v, 1));                                                           \
    } while (0)
#define ADD(a, b) ((a) + (b))

TGC_INLINE T vec_sum(vec v)
{
    FOLD(ADD, v);
    return v[0];
}

TGC_INLINE T vec_hmax(vec v)
{
    FOLD(vec_max, v);
    return v[0];
}

#undef FOLD
#undef ADD

/* 2**n for an integral n with a normal result. Adding 1.5 * 2**T_MANTISSA leaves n + bias in the
 * low bits of the sum; the shift puts them in the exponent and drops the rest. */
TGC_INLINE vec vec_exp2i(vec n)
{
    const T magic = (T)(3LL << (T_MANTISSA - 1)) + T_BIAS;
    return vec_from_bits(vec_bits(n + magic) << T_MANTISSA);
}

#ifndef TGC_VEC_EXPONENTS
/* x * 2**n for an integral n, rounded once. In three factors, the largest last: an intermediate
 * result that is subnormal, hence rounded, belongs to a product that is 0 in any case. */
TGC_INLINE vec vec_ldexp(vec x, vec n)
{
    const vec low = vec_set1(1 - T_BIAS), high = vec_set1(T_BIAS);
    const vec a = vec_min(vec_max(n, low), high);
    const vec b = vec_min(vec_max(n - a, low), high);
    const vec c = vec_min(vec_max(n - a - b, low), high);
    return x * vec_exp2i(c) * vec_exp2i(b) * vec_exp2i(a);
}

/* vec_frexp of normal positive numbers */
TGC_INLINE vec FN(frexp_normal)(vec x, vec *exponent)
{
    const T two_to_mantissa = (T)(1LL << T_MANTISSA);
    const T_UINT one = (T_UINT)T_BIAS << T_MANTISSA;
    const T_UINT root_half = (T_UINT)(T_BIAS == 127 ? 0x3f3504f4 : 0x3fe6a09e667f3bcd);
    /* The sum moves the boundary of two exponents from a power of 2 to sqrt(1/2) times one. */
    const vbits biased = (vec_bits(x) + (one - root_half)) >> T_MANTISSA;
    /* An integer below 2**T_MANTISSA in the mantissa of 2**T_MANTISSA is that much above it. */
    const vec sum = vec_from_bits(biased | vec_bits(vec_set1(two_to_mantissa)));
    *exponent = sum - (two_to_mantissa + T_BIAS);
    return vec_from_bits(vec_bits(x) - (biased << T_MANTISSA) + one);
}

/* x = m * 2**exponent; returns m, not in [1/2, 1) as in C but in [sqrt(1/2), sqrt(2)), so that
 * log(m) is near 0 where log(x) is. Most vectors hold normal numbers only, which take a third of
 * the instructions. */
TGC_INLINE vec vec_frexp(vec x, vec *exponent)
{
    const vec zero = vec_zero(), infinite = vec_set1((T)INFINITY);
    const vec smallest_normal = vec_set1((T)(T_BIAS == 127 ? 0x1p-126 : 0x1p-1022));
    if (vmask_all(vmask_and(vec_ge(x, smallest_normal), vec_lt(x, infinite)))) {
        return FN(frexp_normal)(x, exponent);
    }
    vec n;
    const vmask subnormal = vec_lt(x, smallest_normal);
    const vec scaled = vec_select(subnormal, x * (T)(1LL << T_MANTISSA), x);
    const vec m = FN(frexp_normal)(scaled, &n);
    n = vec_select(subnormal, n - T_MANTISSA, n);
    n = vec_select(vec_eq(x, zero), -infinite, n);
    *exponent = vec_select(vec_eq(x, infinite), infinite, n);
    return vec_select(vec_ge(x, zero), m, vec_set1((T)NAN));
}
#endif
