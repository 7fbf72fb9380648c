/*
 * Conversions between types.
 *
 * To bool: is it not 0? Between integers: modulo 2^bits. A real number is truncated towards 0. One
 * that does not fit, or is NaN, becomes the smallest integer, which is what the CPU's own
 * conversion gives on x86 (and so NumPy and PyTorch); uint8 is the low byte of the int32.
 */
#include "elementwise.h"
#include "loop.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

typedef unsigned char truth;

/* -2^(bits - 1), which stands in for what does not fit, is exact in each real type. */
#define REAL_TO_INTEGER(real, bits)                                                          \
    static inline int##bits##_t real##_to_i##bits(real a)                                    \
    {                                                                                        \
        const real end = (real)(1ull << (bits - 1));                                         \
        return (int##bits##_t)((a >= -end) & (a < end) ? a : -end);                          \
    }
REAL_TO_INTEGER(float, 32)
REAL_TO_INTEGER(double, 32)
#if defined(__x86_64__)
/* The CPU's instruction, one number at a time: without AVX-512 there is none for vectors, and the
 * comparisons above would take most of the time. */
static inline int64_t float_to_i64(float a)
{
    return _mm_cvttss_si64(_mm_set_ss(a));
}

static inline int64_t double_to_i64(double a)
{
    return _mm_cvttsd_si64(_mm_set_sd(a));
}
#else
REAL_TO_INTEGER(float, 64)
REAL_TO_INTEGER(double, 64)
#endif

/* 1 or 0 for a truth value. Without the asm the compiler would branch to one of two constants. */
static inline int32_t number_of(truth a)
{
    int32_t number = a != 0;
    __asm__("" : "+r"(number));
    return number;
}

/* The conversions that SSE2 has vectors for: from, its code and its C type; to and its C type; the
 * wider of the C types; the value. */
#define EACH_VECTOR_CAST(CAST)                                         \
    CAST(u8, TGC_U8, uint8_t, bool, truth, uint8_t, a != 0)            \
    CAST(i32, TGC_I32, int32_t, bool, truth, int32_t, a != 0)          \
    CAST(f32, TGC_F32, float, bool, truth, float, a != 0)              \
    CAST(bool, TGC_BOOL, truth, u8, uint8_t, truth, a != 0)            \
    CAST(i32, TGC_I32, int32_t, u8, uint8_t, int32_t, a)               \
    CAST(f32, TGC_F32, float, u8, uint8_t, float, float_to_i32(a))     \
    CAST(bool, TGC_BOOL, truth, i32, int32_t, int32_t, a != 0)         \
    CAST(u8, TGC_U8, uint8_t, i32, int32_t, int32_t, a)                \
    CAST(i64, TGC_I64, int64_t, i32, int32_t, int64_t, a)              \
    CAST(f32, TGC_F32, float, i32, int32_t, float, float_to_i32(a))    \
    CAST(f64, TGC_F64, double, i32, int32_t, double, double_to_i32(a)) \
    CAST(i32, TGC_I32, int32_t, i64, int64_t, int64_t, a)              \
    CAST(bool, TGC_BOOL, truth, f32, float, float, a != 0)             \
    CAST(u8, TGC_U8, uint8_t, f32, float, float, a)                    \
    CAST(i32, TGC_I32, int32_t, f32, float, float, a)                  \
    CAST(f64, TGC_F64, double, f32, float, double, a)                  \
    CAST(i32, TGC_I32, int32_t, f64, double, double, a)                \
    CAST(f32, TGC_F32, float, f64, double, double, a)

/* The others, of which each number is converted by itself: without the wider type. */
#define EACH_SCALAR_CAST(CAST)                                 \
    CAST(i64, TGC_I64, int64_t, bool, truth, a != 0)           \
    CAST(f64, TGC_F64, double, bool, truth, a != 0)            \
    CAST(i64, TGC_I64, int64_t, u8, uint8_t, a)                \
    CAST(f64, TGC_F64, double, u8, uint8_t, double_to_i32(a))  \
    CAST(bool, TGC_BOOL, truth, i64, int64_t, a != 0)          \
    CAST(u8, TGC_U8, uint8_t, i64, int64_t, a)                 \
    CAST(f32, TGC_F32, float, i64, int64_t, float_to_i64(a))   \
    CAST(f64, TGC_F64, double, i64, int64_t, double_to_i64(a)) \
    CAST(i64, TGC_I64, int64_t, f32, float, a)                 \
    CAST(bool, TGC_BOOL, truth, f64, double, number_of(a))     \
    CAST(u8, TGC_U8, uint8_t, f64, double, a)                  \
    CAST(i64, TGC_I64, int64_t, f64, double, a)

#define DEFINE_VECTOR(from, FROM, A, to, Y, W, value) \
    LOOP(cast_##from##_to_##to, W, Y, 1, LOAD(A, a, 0), value)

/* Straight to y: a vector that is read from what was written number by number waits for it. */
#define DEFINE_SCALAR(from, FROM, A, to, Y, value)                                           \
    static void cast_##from##_to_##to(const tgc_call *call, ptrdiff_t n, char *const *data,  \
                                      const ptrdiff_t *steps)                                \
    {                                                                                        \
        const A *x = (const A *)(const void *)data[0];                                       \
        Y *const y = (Y *)(void *)data[1];                                                   \
        const ptrdiff_t step = steps[0];                                                     \
        (void)call;                                                                          \
        _Pragma("GCC unroll 4") for (ptrdiff_t i = 0; i < n; i++, x += step)                 \
        {                                                                                    \
            const A a = *x;                                                                  \
            y[i] = (Y)(value);                                                               \
        }                                                                                    \
    }

EACH_VECTOR_CAST(DEFINE_VECTOR)
EACH_SCALAR_CAST(DEFINE_SCALAR)

#define ROW(from, FROM, to) \
    table[TGC_cast_##to][FROM] = TGC_ELEMENTWISE_ROW("cast", cast_##from##_to_##to, 0.4);
#define INSTALL_VECTOR(from, FROM, A, to, Y, W, value) ROW(from, FROM, to)
#define INSTALL_SCALAR(from, FROM, A, to, Y, value) ROW(from, FROM, to)

void tgc_elementwise_cast(tgc_table table)
{
    EACH_VECTOR_CAST(INSTALL_VECTOR)
    EACH_SCALAR_CAST(INSTALL_SCALAR)
}
