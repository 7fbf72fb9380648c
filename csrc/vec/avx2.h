/*
 * The vector vocabulary for AVX2 and FMA. Include it after all other headers: from here to
 * end.h, the file's last line, functions are compiled for these instructions, and only a CPU that
 * has them may call them.
 */
#ifndef TGC_VEC_AVX2_H
#define TGC_VEC_AVX2_H

#include <immintrin.h>
#include <math.h>

#include "typed.h"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#define TGC_VEC_TARGET
#define TGC_VEC_BYTES 32
#define TGC_VEC_FMA
#define TGC_VEC_PERMUTE

/* The intrinsic of this name for T: MM(sqrt) is _mm256_sqrt_ps or _mm256_sqrt_pd. */
#define MM(name) FN(MM)(name)
#define MM_f32(name) _mm256_##name##_ps
#define MM_f64(name) _mm256_##name##_pd
#define COMPARE(a, b, how) (vmask) MM(cmp)(a, b, how)
#define SELECT(m, a, b) MM(blendv)(b, a, (vec)(m))
#define ROUND MM(round)

/* The even and the odd lanes of a and b, within each half of the vector. */
#define EVEN_OF_HALVES FN(EVEN_OF_HALVES)
#define EVEN_OF_HALVES_f32(a, b) _mm256_shuffle_ps(a, b, 0x88)
#define EVEN_OF_HALVES_f64(a, b) _mm256_shuffle_pd(a, b, 0)
#define ODD_OF_HALVES FN(ODD_OF_HALVES)
#define ODD_OF_HALVES_f32(a, b) _mm256_shuffle_ps(a, b, 0xdd)
#define ODD_OF_HALVES_f64(a, b) _mm256_shuffle_pd(a, b, 15)

#define LOOKUP FN(LOOKUP)
#define LOOKUP_f32(table, index) _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), index)
#define LOOKUP_f64(table, index) \
    _mm256_i64gather_pd(table, _mm256_and_si256(index, _mm256_set1_epi64x(7)), 8)

#include "f32.h"
#include "avx2.template.h"

#include "f64.h"
#include "avx2.template.h"

TGC_INLINE vec_f64 vec_widen_low(vec_f32 v)
{
    return _mm256_cvtps_pd(_mm256_castps256_ps128(v));
}

TGC_INLINE vec_f64 vec_widen_high(vec_f32 v)
{
    return _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1));
}

TGC_INLINE vec_f32 vec_narrow(vec_f64 low, vec_f64 high)
{
    return _mm256_set_m128(_mm256_cvtpd_ps(high), _mm256_cvtpd_ps(low));
}

#endif
