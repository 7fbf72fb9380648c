/*
 * The vector vocabulary for AVX-512 (F, DQ, BW, VL). Include it after all other headers: from here
 * to end.h, the file's last line, functions are compiled for these instructions, and only a CPU
 * that has them may call them.
 */
#ifndef TGC_VEC_AVX512_H
#define TGC_VEC_AVX512_H

#include <immintrin.h>
#include <math.h>

#include "../runtime/sizes.h"
#include "typed.h"

#if defined(__clang__)
#pragma clang attribute push(                                                                \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")
#endif

#define TGC_VEC_TARGET
#define TGC_VEC_BYTES 64
_Static_assert(TGC_VEC_BYTES / sizeof(float) == TGC_MAX_LANES, "these are the widest vectors");
#define TGC_VEC_FMA
#define TGC_VEC_PERMUTE
#define TGC_VEC_EXPONENTS

/* The intrinsic of this name for T: MM(sqrt) is _mm512_sqrt_ps or _mm512_sqrt_pd. */
#define MM(name) FN(MM)(name)
#define MM_f32(name) _mm512_##name##_ps
#define MM_f64(name) _mm512_##name##_pd
#define COMPARE FN(COMPARE)
#define COMPARE_f32 _mm512_cmp_ps_mask
#define COMPARE_f64 _mm512_cmp_pd_mask
#define SELECT(m, a, b) MM(mask_blend)(m, b, a)
#define ROUND MM(roundscale)
/* 1 for both zeros, NaN below 0 */
#define MANTISSA_SIGN ((_MM_MANTISSA_SIGN_ENUM)(_MM_MANT_SIGN_zero | _MM_MANT_SIGN_nan))
#define SIGN_MASK FN(SIGN_MASK)
#define SIGN_MASK_f32 _mm512_movepi32_mask
#define SIGN_MASK_f64 _mm512_movepi64_mask

/* Whole numbers as integers of T's width. */
#define TO_LANES FN(TO_LANES)
#define TO_LANES_f32 _mm512_cvttps_epi32
#define TO_LANES_f64 _mm512_cvttpd_epi64
#define FROM_LANES FN(FROM_LANES)
#define FROM_LANES_f32 _mm512_cvtepi32_ps
#define FROM_LANES_f64 _mm512_cvtepi64_pd

/* A bit per lane. */
typedef __mmask16 vmask_f32;
typedef __mmask8 vmask_f64;

/* Looks up the 8 numbers of a table. Floats have 16 lanes, so the table is repeated. */
#define LOOKUP FN(LOOKUP)
#define LOOKUP_f32(table, index) \
    _mm512_permutexvar_ps(index, _mm512_broadcast_f32x8(_mm256_loadu_ps(table)))
#define LOOKUP_f64(table, index) _mm512_permutexvar_pd(index, _mm512_loadu_pd(table))

#include "f32.h"
#include "avx512.template.h"

#include "f64.h"
#include "avx512.template.h"

TGC_INLINE vec_f64 vec_widen_low(vec_f32 v)
{
    return _mm512_cvtps_pd(_mm512_castps512_ps256(v));
}

TGC_INLINE vec_f64 vec_widen_high(vec_f32 v)
{
    return _mm512_cvtps_pd(_mm512_extractf32x8_ps(v, 1));
}

TGC_INLINE vec_f32 vec_narrow(vec_f64 low, vec_f64 high)
{
    const __m512 first = _mm512_castps256_ps512(_mm512_cvtpd_ps(low));
    return _mm512_insertf32x8(first, _mm512_cvtpd_ps(high), 1);
}

#endif
