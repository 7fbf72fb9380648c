#include "base.template.h"

typedef T_INT vmask __attribute__((vector_size(TGC_VEC_BYTES)));

TGC_INLINE vmask vec_lt(vec a, vec b)
{
    return (vmask)MM(cmp)(a, b, _CMP_LT_OQ);
}

TGC_INLINE vmask vec_le(vec a, vec b)
{
    return (vmask)MM(cmp)(a, b, _CMP_LE_OQ);
}

TGC_INLINE vmask vec_gt(vec a, vec b)
{
    return (vmask)MM(cmp)(a, b, _CMP_GT_OQ);
}

TGC_INLINE vmask vec_ge(vec a, vec b)
{
    return (vmask)MM(cmp)(a, b, _CMP_GE_OQ);
}

TGC_INLINE vmask vec_eq(vec a, vec b)
{
    return (vmask)MM(cmp)(a, b, _CMP_EQ_OQ);
}

TGC_INLINE vmask vec_ne(vec a, vec b)
{
    return (vmask)MM(cmp)(a, b, _CMP_NEQ_UQ);
}

TGC_INLINE vmask vmask_and(vmask a, vmask b)
{
    return a & b;
}

TGC_INLINE vmask vmask_or(vmask a, vmask b)
{
    return a | b;
}

TGC_INLINE vmask vmask_not(vmask m)
{
    return ~m;
}

TGC_INLINE unsigned vmask_bits(vmask m)
{
    return (unsigned)MM(movemask)((vec)m);
}

TGC_INLINE int vmask_any(vmask m)
{
    return vmask_bits(m) != 0;
}

TGC_INLINE int vmask_all(vmask m)
{
    return vmask_bits(m) == (1u << VL) - 1;
}

TGC_INLINE vmask vmask_first(ptrdiff_t n)
{
    return (vmask)FN(lane_numbers)() < (T_INT)n;
}

TGC_INLINE vmask vmask_loadn_bytes(const uint8_t *p, ptrdiff_t n)
{
    uint64_t bytes = 0;
    if (n == VL) {
        memcpy(&bytes, p, VL);
    } else {
        for (ptrdiff_t i = 0; i < n; i++) {
            bytes |= (uint64_t)p[i] << (8 * i);
        }
    }
    const __m128i packed = _mm_cvtsi64_si128((int64_t)bytes);
    const __m256i lanes = VL == 8 ? _mm256_cvtepu8_epi32(packed) : _mm256_cvtepu8_epi64(packed);
    return (vmask)lanes != 0;
}

TGC_INLINE void vmask_store_bytes(uint8_t *p, vmask m, ptrdiff_t n)
{
    /* Saturating packs halve the width of the lanes: -1 stays -1. */
    const __m128i low = _mm256_castsi256_si128((__m256i)m);
    const __m128i high = _mm256_extracti128_si256((__m256i)m, 1);
    __m128i packed = _mm_packs_epi32(low, high);
    packed = VL == 4 ? _mm_packs_epi32(packed, packed) : packed;
    packed = _mm_packs_epi16(packed, packed);
    uint64_t bytes = (uint64_t)_mm_cvtsi128_si64(packed) & 0x0101010101010101;
    if (n == VL) {
        memcpy(p, &bytes, VL);
    } else {
        for (ptrdiff_t i = 0; i < n; i++) {
            p[i] = (uint8_t)(bytes >> (8 * i));
        }
    }
}

TGC_INLINE vec vec_select(vmask m, vec a, vec b)
{
    return MM(blendv)(b, a, (vec)m);
}

TGC_INLINE vec vec_loadn(const T *p, ptrdiff_t n)
{
    return MM(maskload)(p, (__m256i)vmask_first(n));
}

TGC_INLINE void vec_storen(T *p, vec v, ptrdiff_t n)
{
    MM(maskstore)(p, (__m256i)vmask_first(n), v);
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
    return MM(round)(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_floor(vec v)
{
    return MM(round)(v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_ceil(vec v)
{
    return MM(round)(v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_trunc(vec v)
{
    return MM(round)(v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}

/* Lanes i and i ^ distance change places, for a distance known when compiling. */
TGC_INLINE vec vec_swap(vec v, int distance)
{
    if (2 * distance == VL) {
        return MM(permute2f128)(v, v, 1);
    }
    const __m256i pairs = (__m256i)v;
    return (vec)(distance * (int)sizeof(T) == 8 ? _mm256_shuffle_epi32(pairs, 0x4e)
                                                : _mm256_shuffle_epi32(pairs, 0xb1));
}

#include "derived.template.h"
