/* The vocabulary of typed.h for one real type (T) without intrinsics: loops over lanes and GCC's
 * vector extensions, which the compiler turns into whatever the CPU has. */
#include "base.template.h"

typedef T_INT vmask __attribute__((vector_size(TGC_VEC_BYTES)));

/* No constraint to a register here: one may be smaller than a vector. */
TGC_INLINE vec vec_kept(vec v)
{
    return v;
}

TGC_INLINE vmask vec_lt(vec a, vec b)
{
    return (vmask)(a < b);
}

TGC_INLINE vmask vec_le(vec a, vec b)
{
    return (vmask)(a <= b);
}

TGC_INLINE vmask vec_gt(vec a, vec b)
{
    return (vmask)(a > b);
}

TGC_INLINE vmask vec_ge(vec a, vec b)
{
    return (vmask)(a >= b);
}

TGC_INLINE vmask vec_eq(vec a, vec b)
{
    return (vmask)(a == b);
}

TGC_INLINE vmask vec_ne(vec a, vec b)
{
    return (vmask)(a != b);
}

TGC_INLINE vmask vmask_and(vmask a, vmask b)
{
    return a & b;
}

TGC_INLINE vmask vmask_or(vmask a, vmask b)
{
    return a | b;
}

TGC_INLINE vmask vmask_not(vmask m)
{
    return ~m;
}

TGC_INLINE unsigned vmask_bits(vmask m)
{
    unsigned bits = 0;
    for (int i = 0; i < VL; i++) {
        bits |= (unsigned)(m[i] & 1) << i;
    }
    return bits;
}

TGC_INLINE int vmask_any(vmask m)
{
    uint64_t words[TGC_VEC_BYTES / 8], any = 0;
    memcpy(words, &m, sizeof words);
    for (int i = 0; i < TGC_VEC_BYTES / 8; i++) {
        any |= words[i];
    }
    return any != 0;
}

TGC_INLINE int vmask_all(vmask m)
{
    return !vmask_any(~m);
}

TGC_INLINE vmask vec_signbit(vec v)
{
    return (vmask)v < 0;
}

TGC_INLINE vmask vmask_first(ptrdiff_t n)
{
    return (vmask)(FN(lane_numbers)() < (T_UINT)n);
}

/* A byte per lane. */
typedef uint8_t FN(vbytes) __attribute__((vector_size(TGC_VEC_BYTES / sizeof(T))));

TGC_INLINE FN(vbytes) FN(load_vbytes)(const uint8_t *p, ptrdiff_t n)
{
    FN(vbytes) bytes = {0};
    if (n == VL) {
        memcpy(&bytes, p, sizeof bytes);
    } else {
        for (ptrdiff_t i = 0; i < n; i++) {
            bytes[i] = p[i];
        }
    }
    return bytes;
}

TGC_INLINE void FN(store_vbytes)(uint8_t *p, FN(vbytes) bytes, ptrdiff_t n)
{
    if (n == VL) {
        memcpy(p, &bytes, sizeof bytes);
    } else {
        for (ptrdiff_t i = 0; i < n; i++) {
            p[i] = bytes[i];
        }
    }
}

TGC_INLINE vmask vmask_loadn_bytes(const uint8_t *p, ptrdiff_t n)
{
    return __builtin_convertvector(FN(load_vbytes)(p, n), vmask) != 0;
}

TGC_INLINE void vmask_store_bytes(uint8_t *p, vmask m, ptrdiff_t n)
{
    FN(store_vbytes)(p, __builtin_convertvector(m & 1, FN(vbytes)), n);
}

TGC_INLINE vec vec_select(vmask m, vec a, vec b)
{
    return (vec)((m & (vmask)a) | (~m & (vmask)b));
}

TGC_INLINE vec vec_loadn(const T *p, ptrdiff_t n)
{
    vec v = {0};
    for (ptrdiff_t i = 0; i < n; i++) {
        v[i] = p[i];
    }
    return v;
}

TGC_INLINE void vec_storen(T *p, vec v, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        p[i] = v[i];
    }
}

TGC_INLINE vec vec_loadn_bytes(const uint8_t *p, ptrdiff_t n)
{
    return __builtin_convertvector(FN(load_vbytes)(p, n), vec);
}

TGC_INLINE void vec_storen_bytes(uint8_t *p, vec v, ptrdiff_t n)
{
    FN(store_vbytes)(p, __builtin_convertvector(v, FN(vbytes)), n);
}

TGC_INLINE vec vec_even(vec a, vec b)
{
    vec even = a;
    for (int i = 0; i < VL / 2; i++) {
        even[i] = a[2 * i];
        even[VL / 2 + i] = b[2 * i];
    }
    return even;
}

TGC_INLINE vec vec_odd(vec a, vec b)
{
    vec odd = a;
    for (int i = 0; i < VL / 2; i++) {
        odd[i] = a[2 * i + 1];
        odd[VL / 2 + i] = b[2 * i + 1];
    }
    return odd;
}

TGC_INLINE vec vec_zip_low(vec a, vec b)
{
    vec zipped = a;
    for (int i = 0; i < VL / 2; i++) {
        zipped[2 * i] = a[i];
        zipped[2 * i + 1] = b[i];
    }
    return zipped;
}

TGC_INLINE vec vec_zip_high(vec a, vec b)
{
    vec zipped = a;
    for (int i = 0; i < VL / 2; i++) {
        zipped[2 * i] = a[VL / 2 + i];
        zipped[2 * i + 1] = b[VL / 2 + i];
    }
    return zipped;
}

TGC_INLINE vec vec_fma(vec a, vec b, vec c)
{
    return a * b + c;
}

TGC_INLINE vec vec_fnma(vec a, vec b, vec c)
{
    return c - a * b;
}

/* The upper half of v's digits (Veltkamp), so that products of halves are exact. */
TGC_INLINE vec FN(upper_half)(vec v)
{
    const vec scaled = v * (T)((1 << (T_MANTISSA / 2 + 1)) + 1);
    return scaled - (scaled - v);
}

/* Dekker's product: exact unless a half overflows or underflows. */
TGC_INLINE vec vec_mul_error(vec a, vec b, vec product)
{
    const vec a_high = FN(upper_half)(a), a_low = a - a_high;
    const vec b_high = FN(upper_half)(b), b_low = b - b_high;
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low);
}

TGC_INLINE vec vec_subtract_product(vec c, vec a, vec b)
{
    const vec product = a * b;
    return (c - product) - vec_mul_error(a, b, product);
}

TGC_INLINE vec vec_sqrt(vec v)
{
    for (int i = 0; i < VL; i++) {
        v[i] = _Generic(v[i], float: sqrtf, default: sqrt)(v[i]);
    }
    return v;
}

TGC_INLINE vec vec_larger(vec a, vec b)
{
    return vec_select((vmask)(a > b), a, b);
}

TGC_INLINE vec vec_smaller(vec a, vec b)
{
    return vec_select((vmask)(a < b), a, b);
}

/* |v| to the nearest integer, ties to even: a number of 2**T_MANTISSA or more has no fraction. */
TGC_INLINE vec FN(round_abs)(vec v)
{
    const T no_fraction = (T)(1LL << T_MANTISSA);
    const vec a = vec_abs(v);
    return vec_select((vmask)(a < no_fraction), (a + no_fraction) - no_fraction, a);
}

TGC_INLINE vec vec_round(vec v)
{
    return vec_copysign(FN(round_abs)(v), v);
}

TGC_INLINE vec vec_floor(vec v)
{
    const vec r = vec_round(v);
    return vec_copysign(vec_select((vmask)(r > v), r - 1, r), v);
}

TGC_INLINE vec vec_ceil(vec v)
{
    const vec r = vec_round(v);
    return vec_copysign(vec_select((vmask)(r < v), r + 1, r), v);
}

TGC_INLINE vec vec_trunc(vec v)
{
    const vec r = FN(round_abs)(v);
    return vec_copysign(vec_select((vmask)(r > vec_abs(v)), r - 1, r), v);
}

TGC_INLINE vec vec_lookup(const T *table, vbits index)
{
    vec v = {0};
    for (int i = 0; i < VL; i++) {
        v[i] = table[index[i] % 8];
    }
    return v;
}

/* Lanes i and i ^ distance change places. */
TGC_INLINE vec vec_swap(vec v, int distance)
{
    vec swapped = v;
    for (int i = 0; i < VL; i++) {
        swapped[i] = v[i ^ distance];
    }
    return swapped;
}

#include "derived.template.h"
