#include "base.template.h"

TGC_INLINE vmask vec_lt(vec a, vec b)
{
    return COMPARE(a, b, _CMP_LT_OQ);
}

TGC_INLINE vmask vec_le(vec a, vec b)
{
    return COMPARE(a, b, _CMP_LE_OQ);
}

TGC_INLINE vmask vec_gt(vec a, vec b)
{
    return COMPARE(a, b, _CMP_GT_OQ);
}

TGC_INLINE vmask vec_ge(vec a, vec b)
{
    return COMPARE(a, b, _CMP_GE_OQ);
}

TGC_INLINE vmask vec_eq(vec a, vec b)
{
    return COMPARE(a, b, _CMP_EQ_OQ);
}

TGC_INLINE vmask vec_ne(vec a, vec b)
{
    return COMPARE(a, b, _CMP_NEQ_UQ);
}

TGC_INLINE vmask vmask_and(vmask a, vmask b)
{
    return (vmask)(a & b);
}

TGC_INLINE vmask vmask_or(vmask a, vmask b)
{
    return (vmask)(a | b);
}

TGC_INLINE vmask vmask_not(vmask m)
{
    return (vmask)~m;
}

TGC_INLINE unsigned vmask_bits(vmask m)
{
    return m;
}

TGC_INLINE int vmask_any(vmask m)
{
    return m != 0;
}

TGC_INLINE int vmask_all(vmask m)
{
    return m == (vmask)-1;
}

TGC_INLINE vmask vmask_first(ptrdiff_t n)
{
    return (vmask)((1u << n) - 1);
}

TGC_INLINE vmask vmask_loadn_bytes(const uint8_t *p, ptrdiff_t n)
{
    const __m128i bytes = _mm_maskz_loadu_epi8((__mmask16)vmask_first(n), p);
    return (vmask)_mm_test_epi8_mask(bytes, bytes);
}

TGC_INLINE void vmask_store_bytes(uint8_t *p, vmask m, ptrdiff_t n)
{
    _mm_mask_storeu_epi8(p, (__mmask16)vmask_first(n), _mm_maskz_set1_epi8((__mmask16)m, 1));
}

TGC_INLINE vec vec_select(vmask m, vec a, vec b)
{
    return MM(mask_blend)(m, b, a);
}

TGC_INLINE vec vec_loadn(const T *p, ptrdiff_t n)
{
    return MM(maskz_loadu)(vmask_first(n), p);
}

TGC_INLINE void vec_storen(T *p, vec v, ptrdiff_t n)
{
    MM(mask_storeu)(p, vmask_first(n), v);
}

TGC_INLINE vec vec_gather(const T *p, ptrdiff_t stride, ptrdiff_t n)
{
    vec v = {0};
    for (ptrdiff_t i = 0; i < n; i++) {
        v[i] = p[i * stride];
    }
    return v;
}

TGC_INLINE void vec_scatter(T *p, ptrdiff_t stride, vec v, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        p[i * stride] = v[i];
    }
}

TGC_INLINE vec vec_fma(vec a, vec b, vec c)
{
    return MM(fmadd)(a, b, c);
}

TGC_INLINE vec vec_fnma(vec a, vec b, vec c)
{
    return MM(fnmadd)(a, b, c);
}

TGC_INLINE vec vec_mul_error(vec a, vec b, vec product)
{
    return MM(fmsub)(a, b, product);
}

TGC_INLINE vec vec_sqrt(vec v)
{
    return MM(sqrt)(v);
}

/* The instruction returns its second operand where either is NaN: only a NaN in a gets lost. */
TGC_INLINE vec vec_max(vec a, vec b)
{
    return vec_select(vec_ne(a, a), a, MM(max)(a, b));
}

TGC_INLINE vec vec_min(vec a, vec b)
{
    return vec_select(vec_ne(a, a), a, MM(min)(a, b));
}

/* v is the second operand, the one that is returned where either is NaN or both are equal. */
TGC_INLINE vec vec_clamp_min(vec v, T low)
{
    return MM(max)(vec_set1(low), v);
}

TGC_INLINE vec vec_clamp_max(vec v, T high)
{
    return MM(min)(vec_set1(high), v);
}

TGC_INLINE vec vec_round(vec v)
{
    return MM(roundscale)(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_floor(vec v)
{
    return MM(roundscale)(v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_ceil(vec v)
{
    return MM(roundscale)(v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_trunc(vec v)
{
    return MM(roundscale)(v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_ldexp(vec x, vec n)
{
    return MM(scalef)(x, n);
}

/* Lanes i and i ^ distance change places, for a distance known when compiling. */
TGC_INLINE vec vec_swap(vec v, int distance)
{
    const __m512i lanes = (__m512i)v;
    switch (distance * (int)sizeof(T)) {
    case 32:
        return (vec)_mm512_shuffle_i64x2(lanes, lanes, 0x4e);
    case 16:
        return (vec)_mm512_shuffle_i64x2(lanes, lanes, 0xb1);
    case 8:
        return (vec)_mm512_shuffle_epi32(lanes, (_MM_PERM_ENUM)0x4e);
    default:
        return (vec)_mm512_shuffle_epi32(lanes, (_MM_PERM_ENUM)0xb1);
    }
}

#include "derived.template.h"
