/*
 * The vector vocabulary in GCC's vector extensions: any CPU, TGC_VEC_BYTES bytes per vector.
 *
 * The same names stand in avx2.h and avx512.h; typed.h lists them. A multiply-add rounds twice.
 */
#ifndef TGC_VEC_GENERIC_H
#define TGC_VEC_GENERIC_H

#include <math.h>

#ifndef TGC_VEC_BYTES
#define TGC_VEC_BYTES 16
#endif
/* Vectors wider than the CPU's are passed in memory: of no concern where all is inlined. */
#pragma GCC diagnostic ignored "-Wpsabi"

#include "f32.h"
#include "generic.template.h"

#include "f64.h"
#include "generic.template.h"

#endif
