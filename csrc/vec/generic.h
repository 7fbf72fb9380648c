/*
 * The vector vocabulary in GCC's vector extensions: any CPU, TGC_VEC_BYTES bytes per vector.
 *
 * avx2.h and avx512.h define the same names, which typed.h lists. Here a multiply-add rounds twice.
 */
#ifndef TGC_VEC_GENERIC_H
#define TGC_VEC_GENERIC_H

#include <math.h>

#ifndef TGC_VEC_BYTES
#define TGC_VEC_BYTES 16
#endif
/* Vectors wider than the CPU's are passed in memory, which is no concern because all is inlined. */
#pragma GCC diagnostic ignored "-Wpsabi"

#include "f32.h"
#include "generic.template.h"

#include "f64.h"
#include "generic.template.h"

typedef float tgc_half_vec __attribute__((vector_size(TGC_VEC_BYTES / 2)));

TGC_INLINE vec_f64 vec_widen_low(vec_f32 v)
{
    tgc_half_vec half;
    memcpy(&half, &v, sizeof half);
    return __builtin_convertvector(half, vec_f64);
}

TGC_INLINE vec_f64 vec_widen_high(vec_f32 v)
{
    tgc_half_vec half;
    memcpy(&half, (const char *)&v + sizeof half, sizeof half);
    return __builtin_convertvector(half, vec_f64);
}

TGC_INLINE vec_f32 vec_narrow(vec_f64 low, vec_f64 high)
{
    const tgc_half_vec halves[2] = {__builtin_convertvector(low, tgc_half_vec),
                                    __builtin_convertvector(high, tgc_half_vec)};
    vec_f32 v;
    memcpy(&v, halves, sizeof v);
    return v;
}

#endif
