/* The vocabulary of typed.h for one real type (T), as far as AVX2 needs code of its own: what it
 * shares with AVX-512 is in x86.template.h. */
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

TGC_INLINE vmask vec_signbit(vec v)
{
    return (vmask)v < 0;
}

TGC_INLINE vmask vmask_first(ptrdiff_t n)
{
    return (vmask)FN(lane_numbers)() < (T_INT)n;
}

/* Loads and stores n of VL bytes, at the low end of a word: in parts of 4, 2 and 1. */
TGC_INLINE __m128i FN(load_word)(const uint8_t *p, ptrdiff_t n)
{
    uint64_t bytes = 0;
    uint32_t four;
    uint16_t two;
    if (n == VL) {
        memcpy(&bytes, p, VL);
        return _mm_cvtsi64_si128((int64_t)bytes);
    }
    p += n;
    if (n & 1) {
        bytes = *--p;
    }
    if (n & 2) {
        p -= 2;
        memcpy(&two, p, 2);
        bytes = bytes << 16 | two;
    }
    if (n & (VL / 2) & 4) {
        p -= 4;
        memcpy(&four, p, 4);
        bytes = bytes << 32 | four;
    }
    return _mm_cvtsi64_si128((int64_t)bytes);
}

TGC_INLINE void FN(store_word)(uint8_t *p, uint64_t bytes, ptrdiff_t n)
{
    if (n == VL) {
        memcpy(p, &bytes, VL);
        return;
    }
    if (n & (VL / 2) & 4) {
        memcpy(p, &bytes, 4);
        p += 4;
        bytes >>= 32;
    }
    if (n & 2) {
        memcpy(p, &bytes, 2);
        p += 2;
        bytes >>= 16;
    }
    if (n & 1) {
        *p = (uint8_t)bytes;
    }
}

TGC_INLINE vmask vmask_loadn_bytes(const uint8_t *p, ptrdiff_t n)
{
    const __m128i packed = FN(load_word)(p, n);
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
    FN(store_word)(p, (uint64_t)_mm_cvtsi128_si64(packed) & 0x0101010101010101, n);
}

TGC_INLINE vec vec_loadn(const T *p, ptrdiff_t n)
{
    return MM(maskload)(p, (__m256i)vmask_first(n));
}

/* Stores n < VL lanes in parts of a power of two: AMD's CPUs before Zen 4 run a masked store in
 * microcode, 14 cycles in which nothing else goes on. Out of line, because it has hundreds of
 * callers. */
static __attribute__((noinline, unused)) void FN(store_part)(T *p, vec v, ptrdiff_t n)
{
    __m128i part = _mm256_castsi256_si128((__m256i)v);
    if (n & (VL / 2)) {
        _mm_storeu_si128((__m128i *)p, part);
        part = _mm256_extracti128_si256((__m256i)v, 1);
        p += VL / 2;
    }
    if (n & (VL / 4)) {
        _mm_storel_epi64((__m128i *)p, part);
        part = _mm_unpackhi_epi64(part, part);
        p += VL / 4;
    }
    if (n & (VL / 8)) {
        const int last = _mm_cvtsi128_si32(part);
        memcpy(p, &last, sizeof last);
    }
}

TGC_INLINE void vec_storen(T *p, vec v, ptrdiff_t n)
{
    if (n >= VL) {
        vec_store(p, v);
    } else {
        FN(store_part)(p, v, n);
    }
}

TGC_INLINE vec vec_loadn_bytes(const uint8_t *p, ptrdiff_t n)
{
    const __m256i lanes = _mm256_cvtepu8_epi32(FN(load_word)(p, n));
    return VL == 8 ? (vec)_mm256_cvtepi32_ps(lanes)
                   : (vec)_mm256_cvtepi32_pd(_mm256_castsi256_si128(lanes));
}

TGC_INLINE void vec_storen_bytes(uint8_t *p, vec v, ptrdiff_t n)
{
    const __m256i lanes = VL == 8 ? _mm256_cvttps_epi32((__m256)v)
                                  : _mm256_castsi128_si256(_mm256_cvttpd_epi32((__m256d)v));
    __m128i packed = _mm_packs_epi32(_mm256_castsi256_si128(lanes),
                                     _mm256_extracti128_si256(lanes, 1));
    packed = _mm_packus_epi16(packed, packed);
    FN(store_word)(p, (uint64_t)_mm_cvtsi128_si64(packed), n);
}

/* The second and the third quarter change places. */
TGC_INLINE vec FN(swap_inner_quarters)(vec v)
{
    return (vec)_mm256_permute4x64_epi64((__m256i)v, 0xd8);
}

TGC_INLINE vec vec_even(vec a, vec b)
{
    return FN(swap_inner_quarters)(EVEN_OF_HALVES(a, b));
}

TGC_INLINE vec vec_odd(vec a, vec b)
{
    return FN(swap_inner_quarters)(ODD_OF_HALVES(a, b));
}

TGC_INLINE vec vec_zip_low(vec a, vec b)
{
    return MM(permute2f128)(MM(unpacklo)(a, b), MM(unpackhi)(a, b), 0x20);
}

TGC_INLINE vec vec_zip_high(vec a, vec b)
{
    return MM(permute2f128)(MM(unpacklo)(a, b), MM(unpackhi)(a, b), 0x31);
}

TGC_INLINE vec vec_lookup(const T *table, vbits index)
{
    return LOOKUP(table, (__m256i)index);
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
