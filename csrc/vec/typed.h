/*
 * Names for the type that is being compiled: after f32.h, vec_load is vec_load_f32.
 *
 * The vocabulary in one list; base, <isa> and derived.template.h define it, math.template.h the
 * last group. Arithmetic is C's own + - * / and unary - on vectors.
 */
#ifndef TGC_VEC_TYPED_H
#define TGC_VEC_TYPED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TGC_JOIN_(name, type) name##_##type
#define TGC_JOIN(name, type) TGC_JOIN_(name, type)
/* The name of a template's function for the type being compiled. */
#define FN(name) TGC_JOIN(name, TYPE)
#define TGC_INLINE static inline __attribute__((always_inline))
/* Unrolls the loop that follows; it has few passes, their number known when compiling. */
#if defined(__clang__)
#define TGC_UNROLL _Pragma("clang loop unroll(full)")
#else
#define TGC_UNROLL _Pragma("GCC unroll 32")
#endif

/* VL lanes of T; the result of a comparison; the bits of a vec as unsigned integers. */
#define vec FN(vec)
#define vmask FN(vmask)
#define vbits FN(vbits)
#define VL FN(VL)

/* Memory. (p, n), (p, v, n), (p, stride, n) take the first n lanes, 0 <= n <= VL, and touch nothing
 * beyond; lanes not loaded are 0. No alignment is needed. */
#define vec_zero FN(vec_zero)
#define vec_set1 FN(vec_set1)
#define vec_load FN(vec_load)
#define vec_store FN(vec_store)
#define vec_loadn FN(vec_loadn)
#define vec_storen FN(vec_storen)
/* The same, with whole vectors for n == VL, which is most often so or known when compiling. */
#define vec_load_first FN(vec_load_first)
#define vec_store_first FN(vec_store_first)
/* (p): prefetches what is 2 KiB, VEC_AHEAD elements, beyond p, if it is there. A CPU by itself
 * prefetches no further than the end of a page of 4 KiB, so that a loop over more than the caches
 * hold would wait at the beginning of each page. */
#define VEC_AHEAD ((ptrdiff_t)(2048 / sizeof(T)))
#define vec_prefetch FN(vec_prefetch)
/* (v): v in a register, on avx2 and avx512; the compiler might load it again for every use. */
#define vec_kept FN(vec_kept)
#define vec_gather FN(vec_gather)
/* (p, n), (p, v, n): whole numbers of 0 to 255, a byte for each lane. */
#define vec_loadn_bytes FN(vec_loadn_bytes)
#define vec_storen_bytes FN(vec_storen_bytes)
/* (a, b): the even or the odd lanes of a and then of b. The zips undo that: the lanes of a and b in
 * turn, the first or the second half of them. */
#define vec_even FN(vec_even)
#define vec_odd FN(vec_odd)
#define vec_zip_low FN(vec_zip_low)
#define vec_zip_high FN(vec_zip_high)

/* (a, b, c): a * b + c and c - a * b, with one rounding on avx2 and avx512, two on generic. */
#define vec_fma FN(vec_fma)
#define vec_fnma FN(vec_fnma)
/* (a, b, product): a * b - product exactly, where product = a * b rounded. */
#define vec_mul_error FN(vec_mul_error)
/* (c, a, b): c - a * b, exact where the product nearly cancels c and the difference is a T. */
#define vec_subtract_product FN(vec_subtract_product)
#define vec_sqrt FN(vec_sqrt)
#define vec_abs FN(vec_abs)
/* (v, sign): the magnitude of the one with the sign of the other. */
#define vec_copysign FN(vec_copysign)
/* a where it is larger (smaller) than b, else b: b if a == b, so of two zeros the second. */
#define vec_larger FN(vec_larger)
#define vec_smaller FN(vec_smaller)
/* The same, but NaN if either is NaN. */
#define vec_max FN(vec_max)
#define vec_min FN(vec_min)
/* (v, low), (v, high), (v, low, high): v where it is NaN or equals a bound; no bound is NaN. */
#define vec_clamp_min FN(vec_clamp_min)
#define vec_clamp_max FN(vec_clamp_max)
#define vec_clamp FN(vec_clamp)
/* 0 where v <= 0, else v, also where that is NaN. */
#define vec_relu FN(vec_relu)
/* To integers; round takes ties to even. The sign of v stays, also that of a zero. */
#define vec_round FN(vec_round)
#define vec_floor FN(vec_floor)
#define vec_ceil FN(vec_ceil)
#define vec_trunc FN(vec_trunc)
/* Exponents are integers held in a vec: 2**n, x * 2**n, and (x, &exponent). The last returns m in
 * [sqrt(1/2), sqrt(2)) with x = m 2**exponent; for 0 and infinity 1, and an exponent that is
 * infinite, too; for NaN and below 0 NaN. */
#define vec_bits FN(vec_bits)
#define vec_from_bits FN(vec_from_bits)
#define vec_exp2i FN(vec_exp2i)
#define vec_ldexp FN(vec_ldexp)
#define vec_frexp FN(vec_frexp)
/* (x, coefficients, count): constant term first. */
#define vec_polynomial FN(vec_polynomial)
/* (table, index): table[index % 8] for each lane of the vbits. */
#define vec_lookup FN(vec_lookup)
/* vec_widen_low and vec_widen_high, half the lanes of floats as doubles, and vec_narrow, two
 * vectors of doubles as one of floats, have no type in their names. */

/* Comparisons are false where a lane is NaN, except ne, which is true. */
#define vec_lt FN(vec_lt)
#define vec_le FN(vec_le)
#define vec_gt FN(vec_gt)
#define vec_ge FN(vec_ge)
#define vec_eq FN(vec_eq)
#define vec_ne FN(vec_ne)
#define vec_isnan FN(vec_isnan)
/* Is the sign bit set? */
#define vec_signbit FN(vec_signbit)
/* (m, a, b): a where m, else b. */
#define vec_select FN(vec_select)
#define vmask_and FN(vmask_and)
#define vmask_or FN(vmask_or)
#define vmask_not FN(vmask_not)
#define vmask_any FN(vmask_any)
#define vmask_all FN(vmask_all)
/* Lane i as bit i. */
#define vmask_bits FN(vmask_bits)
/* The first n lanes. */
#define vmask_first FN(vmask_first)
/* (p, n), (p, m, n): a byte per lane; any but 0 is true, true is stored as 1. */
#define vmask_loadn_bytes FN(vmask_loadn_bytes)
#define vmask_store_bytes FN(vmask_store_bytes)

/* All lanes to one number, in a fixed order: the upper half is folded onto the lower. The
 * largest is NaN if any lane is. (v, distance) swaps lanes i and i ^ distance. */
#define vec_swap FN(vec_swap)
#define vec_sum FN(vec_sum)
#define vec_hmax FN(vec_hmax)

/* math.template.h */
#define vec_exp FN(vec_exp)
#define vec_expm1 FN(vec_expm1)
#define vec_log FN(vec_log)
#define vec_log1p FN(vec_log1p)
#define vec_tanh FN(vec_tanh)
#define vec_sigmoid FN(vec_sigmoid)
#define vec_erf FN(vec_erf)
#define vec_erfc FN(vec_erfc)
#define vec_gelu FN(vec_gelu)
#define vec_gelu_slope FN(vec_gelu_slope)
#define vec_gelu_tanh FN(vec_gelu_tanh)
#define vec_gelu_tanh_slope FN(vec_gelu_tanh_slope)
#define vec_pow FN(vec_pow)
#define vec_pows FN(vec_pows)
#define vec_sin FN(vec_sin)
#define vec_cos FN(vec_cos)

#endif
