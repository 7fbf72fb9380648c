/*
 * Conversions between types.
 *
 * To bool: is it not 0? Between integers: modulo 2^bits. A real number is truncated towards 0. One
 * that does not fit, or is NaN, becomes the smallest integer, which is what the CPU's own
 * conversion gives on x86 (and so NumPy and PyTorch); uint8 is the low byte of the int32.
 */
#include "elementwise.h"
#include "loop.h"

typedef unsigned char truth;

/* -2^(bits - 1), which stands in for what does not fit, is exact in each real type. */
#define REAL_TO_INTEGER(real, bits)                                                          \
    static inline int##bits##_t real##_to_i##bits(real a)                                    \
    {                                                                                        \
        const real end = (real)(1ull << (bits - 1));                                         \
        return (int##bits##_t)((a >= -end) & (a < end) ? a : -end);                          \
    }
REAL_TO_INTEGER(float, 32)
REAL_TO_INTEGER(float, 64)
REAL_TO_INTEGER(double, 32)
REAL_TO_INTEGER(double, 64)

/* Every conversion: from, its code and its C type; to and its C type; the wider of the C types; the
 * value. */
#define EACH_CAST(CAST)                                                 \
    CAST(u8, TGC_U8, uint8_t, bool, truth, uint8_t, a != 0)             \
    CAST(i32, TGC_I32, int32_t, bool, truth, int32_t, a != 0)           \
    CAST(i64, TGC_I64, int64_t, bool, truth, int64_t, a != 0)           \
    CAST(f32, TGC_F32, float, bool, truth, float, a != 0)               \
    CAST(f64, TGC_F64, double, bool, truth, double, a != 0)             \
    CAST(bool, TGC_BOOL, truth, u8, uint8_t, truth, a != 0)             \
    CAST(i32, TGC_I32, int32_t, u8, uint8_t, int32_t, a)                \
    CAST(i64, TGC_I64, int64_t, u8, uint8_t, int64_t, a)                \
    CAST(f32, TGC_F32, float, u8, uint8_t, float, float_to_i32(a))      \
    CAST(f64, TGC_F64, double, u8, uint8_t, double, double_to_i32(a))   \
    CAST(bool, TGC_BOOL, truth, i32, int32_t, int32_t, a != 0)          \
    CAST(u8, TGC_U8, uint8_t, i32, int32_t, int32_t, a)                 \
    CAST(i64, TGC_I64, int64_t, i32, int32_t, int64_t, a)               \
    CAST(f32, TGC_F32, float, i32, int32_t, float, float_to_i32(a))     \
    CAST(f64, TGC_F64, double, i32, int32_t, double, double_to_i32(a))  \
    CAST(bool, TGC_BOOL, truth, i64, int64_t, int64_t, a != 0)          \
    CAST(u8, TGC_U8, uint8_t, i64, int64_t, int64_t, a)                 \
    CAST(i32, TGC_I32, int32_t, i64, int64_t, int64_t, a)               \
    CAST(f32, TGC_F32, float, i64, int64_t, int64_t, float_to_i64(a))   \
    CAST(f64, TGC_F64, double, i64, int64_t, int64_t, double_to_i64(a)) \
    CAST(bool, TGC_BOOL, truth, f32, float, float, a != 0)              \
    CAST(u8, TGC_U8, uint8_t, f32, float, float, a)                     \
    CAST(i32, TGC_I32, int32_t, f32, float, float, a)                   \
    CAST(i64, TGC_I64, int64_t, f32, float, int64_t, a)                 \
    CAST(f64, TGC_F64, double, f32, float, double, a)                   \
    CAST(bool, TGC_BOOL, truth, f64, double, double, a != 0)            \
    CAST(u8, TGC_U8, uint8_t, f64, double, double, a)                   \
    CAST(i32, TGC_I32, int32_t, f64, double, double, a)                 \
    CAST(i64, TGC_I64, int64_t, f64, double, double, a)                 \
    CAST(f32, TGC_F32, float, f64, double, double, a)

#define DEFINE(from, FROM, A, to, Y, W, value) \
    LOOP(cast_##from##_to_##to, W, Y, 1, LOAD(A, a, 0), value)

EACH_CAST(DEFINE)

#define INSTALL(from, FROM, A, to, Y, W, value) \
    table[TGC_cast_##to][FROM] = TGC_ELEMENTWISE_ROW("cast", cast_##from##_to_##to, 0.4);

void tgc_elementwise_cast(tgc_table table)
{
    EACH_CAST(INSTALL)
}
