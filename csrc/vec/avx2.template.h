#include "base.template.h"

typedef T_INT vmask __attribute__((vector_size(TGC_VEC_BYTES)));

#include "x86.template.h"

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

TGC_INLINE vec vec_loadn(const T *p, ptrdiff_t n)
{
    return MM(maskload)(p, (__m256i)vmask_first(n));
}

TGC_INLINE void vec_storen(T *p, vec v, ptrdiff_t n)
{
    MM(maskstore)(p, (__m256i)vmask_first(n), v);
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
