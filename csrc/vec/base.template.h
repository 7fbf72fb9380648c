/* What is the same for every ISA, in GCC's vector extensions: types, memory, bits. */

typedef T vec __attribute__((vector_size(TGC_VEC_BYTES)));
typedef T_UINT vbits __attribute__((vector_size(TGC_VEC_BYTES)));
enum { VL = TGC_VEC_BYTES / sizeof(T) };

TGC_INLINE vec vec_zero(void)
{
    return (vec){0};
}

/* s - 0 and not s + 0: only the former keeps -0. */
TGC_INLINE vec vec_set1(T s)
{
    return s - (vec){0};
}

TGC_INLINE vec vec_load(const T *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

TGC_INLINE void vec_store(T *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

TGC_INLINE void vec_prefetch(const T *p)
{
    __builtin_prefetch(p + VEC_AHEAD);
}

/* Out of line, because the code is long, and many loops have it for strides that are rare. */
static __attribute__((noinline, unused)) vec vec_gather(const T *p, ptrdiff_t stride, ptrdiff_t n)
{
    vec v = {0};
    for (ptrdiff_t i = 0; i < n; i++) {
        v[i] = p[i * stride];
    }
    return v;
}

TGC_INLINE vbits vec_bits(vec v)
{
    return (vbits)v;
}

TGC_INLINE vec vec_from_bits(vbits b)
{
    return (vec)b;
}

TGC_INLINE vec vec_abs(vec v)
{
    return vec_from_bits(vec_bits(v) & ((T_UINT)-1 >> 1));
}

/* The magnitude of v with the sign of `sign`. */
TGC_INLINE vec vec_copysign(vec v, vec sign)
{
    const T_UINT magnitude = (T_UINT)-1 >> 1;
    return vec_from_bits((vec_bits(v) & magnitude) | (vec_bits(sign) & ~magnitude));
}

/* 0, 1, 2, ... in the lanes. */
TGC_INLINE vbits FN(lane_numbers)(void)
{
    static const T_UINT numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    vbits v;
    memcpy(&v, numbers, sizeof v);
    return v;
}
