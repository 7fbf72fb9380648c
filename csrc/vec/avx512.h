/*
 * The vector vocabulary for AVX-512 (F, DQ, BW, VL). Include it after all other headers: from here
 * to end.h, the file's last line, functions are compiled for these instructions, and only a CPU
 * that has them may call them.
 */
#ifndef TGC_VEC_AVX512_H
#define TGC_VEC_AVX512_H

#include <immintrin.h>

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
#define TGC_VEC_SCALEF

/* The intrinsic of this name for T: MM(sqrt) is _mm512_sqrt_ps or _mm512_sqrt_pd. */
#define MM(name) FN(MM)(name)
#define MM_f32(name) _mm512_##name##_ps
#define MM_f64(name) _mm512_##name##_pd
#define COMPARE FN(COMPARE)
#define COMPARE_f32 _mm512_cmp_ps_mask
#define COMPARE_f64 _mm512_cmp_pd_mask
#define SELECT(m, a, b) MM(mask_blend)(m, b, a)
#define ROUND MM(roundscale)

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

#include "f32.h"
#include "avx512.template.h"

#include "f64.h"
#include "avx512.template.h"

#endif
