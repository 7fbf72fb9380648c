/* The vocabulary of typed.h for one real type (T), as far as AVX-512 needs code of its own: what it
 * shares with AVX2 is in x86.template.h. */
#include "base.template.h"

#include "x86.template.h"

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

TGC_INLINE vmask vec_signbit(vec v)
{
    return SIGN_MASK((__m512i)v);
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

TGC_INLINE vec vec_loadn(const T *p, ptrdiff_t n)
{
    return MM(maskz_loadu)(vmask_first(n), p);
}

TGC_INLINE void vec_storen(T *p, vec v, ptrdiff_t n)
{
    MM(mask_storeu)(p, vmask_first(n), v);
}

TGC_INLINE vec vec_loadn_bytes(const uint8_t *p, ptrdiff_t n)
{
    const __m128i bytes = _mm_maskz_loadu_epi8((__mmask16)vmask_first(n), p);
    const __m512i lanes = VL == 16 ? _mm512_cvtepu8_epi32(bytes) : _mm512_cvtepu8_epi64(bytes);
    return FROM_LANES(lanes);
}

/* Stores n bytes as whole words that overlap: a masked store of bytes takes many times as long. */
TGC_INLINE void FN(store_first_bytes)(uint8_t *p, __m128i bytes, ptrdiff_t n)
{
    uint8_t all[16];
    _mm_storeu_si128((__m128i *)(void *)all, bytes);
    if (n == 16) {
        memcpy(p, all, 16);
    } else if (n >= 8) {
        memcpy(p, all, 8);
        memcpy(p + n - 8, all + n - 8, 8);
    } else if (n >= 4) {
        memcpy(p, all, 4);
        memcpy(p + n - 4, all + n - 4, 4);
    } else {
        for (ptrdiff_t i = 0; i < n; i++) {
            p[i] = all[i];
        }
    }
}

TGC_INLINE void vec_storen_bytes(uint8_t *p, vec v, ptrdiff_t n)
{
    const __m512i lanes = TO_LANES(v);
    const __m128i bytes = VL == 16 ? _mm512_cvtepi32_epi8(lanes) : _mm512_cvtepi64_epi8(lanes);
    FN(store_first_bytes)(p, bytes, n);
}

/* The lanes that `places` names: those of a are 0 .. VL - 1, those of b follow. */
TGC_INLINE vec FN(permute)(vec a, vec b, vbits places)
{
    return MM(permutex2var)(a, (__m512i)places, b);
}

TGC_INLINE vec vec_even(vec a, vec b)
{
    return FN(permute)(a, b, FN(lane_numbers)() * 2);
}

TGC_INLINE vec vec_odd(vec a, vec b)
{
    return FN(permute)(a, b, FN(lane_numbers)() * 2 + 1);
}

TGC_INLINE vec vec_zip_low(vec a, vec b)
{
    const vbits i = FN(lane_numbers)();
    return FN(permute)(a, b, i / 2 + (i & 1) * VL);
}

TGC_INLINE vec vec_zip_high(vec a, vec b)
{
    const vbits i = FN(lane_numbers)();
    return FN(permute)(a, b, i / 2 + (i & 1) * VL + VL / 2);
}

TGC_INLINE vec vec_ldexp(vec x, vec n)
{
    return MM(scalef)(x, n);
}

/* The instructions handle 0, infinity, NaN and subnormal numbers. Their mantissa is in [1, 2). */
TGC_INLINE vec vec_frexp(vec x, vec *exponent)
{
    const T_UINT root = (T_UINT)(T_BIAS == 127 ? 0x3fb504f4 : 0x3ff6a09e667f3bcd);
    const vec m = MM(getmant)(x, _MM_MANT_NORM_1_2, MANTISSA_SIGN);
    const vec n = MM(getexp)(x);
    const vmask large = vec_ge(m, vec_from_bits((vbits){0} + root));
    *exponent = vec_select(large, n + 1, n);
    return vec_select(large, m * (T)0.5, m);
}

TGC_INLINE vec vec_lookup(const T *table, vbits index)
{
    return LOOKUP(table, (__m512i)index);
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
