/* pow of floats, which are doubles here: see pow.template.h. */

#define EACH TGC_UNROLL for (int i = 0; i < n; i++)

/* vec_polynomial for n vectors in turn: a CPU does not look far enough ahead to overlap them. */
TGC_INLINE void FN(polynomials)(int n, const vec *x, const T *coefficients, int count, vec *sums)
{
    vec square[4], odd[4];
    const int last_even = (count - 1) / 2 * 2, last_odd = count / 2 * 2 - 1;
    EACH { square[i] = x[i] * x[i]; }
    EACH { sums[i] = vec_set1(coefficients[last_even]); }
    EACH { odd[i] = vec_set1(coefficients[last_odd]); }
    TGC_UNROLL
    for (int k = last_odd - 2; k >= 1; k -= 2) {
        EACH { odd[i] = vec_fma(odd[i], square[i], vec_set1(coefficients[k])); }
        if (k + 1 < last_even) {
            EACH { sums[i] = vec_fma(sums[i], square[i], vec_set1(coefficients[k + 1])); }
        }
    }
    EACH { sums[i] = vec_fma(sums[i], square[i], vec_set1(coefficients[0])); }
    EACH { sums[i] = vec_fma(odd[i], x[i], sums[i]); }
}

/* (m 2**exponent)**y for m in [sqrt(1/2), sqrt(2)]: 2**v with v = y log2(m 2**exponent). The
 * fraction of v gives the result's mantissa, its whole part the exponent. A |v| above 1000 is
 * beyond the floats. */
TGC_INLINE void FN(pow_float)(int n, const vec *m, const vec *exponent, const vec *y, vec *power)
{
    const T magic = (T)(3LL << (T_MANTISSA - 1)) + T_BIAS;
    vec f[4], v[4], shifted[4], r[4];
    EACH { f[i] = m[i] - 1; }
    FN(polynomials)(n, f, FN(LOG2), sizeof FN(LOG2) / sizeof(T), v);
    EACH { v[i] = vec_fma(f[i], v[i], exponent[i]); }
    EACH { v[i] = vec_clamp(y[i] * v[i], -1000, 1000); }
    /* The low bits of the sum are v's whole part + bias: the shift below drops what is above. */
    EACH { shifted[i] = v[i] + magic; }
    EACH { r[i] = v[i] - (shifted[i] - magic); }
    FN(polynomials)(n, r, FN(EXP2), sizeof FN(EXP2) / sizeof(T), power);
    EACH { power[i] *= vec_from_bits(vec_bits(shifted[i]) << T_MANTISSA); }
}

#undef EACH
