/* What is the same for AVX2 and AVX-512, but for the names of the intrinsics: MM, COMPARE, SELECT
 * and ROUND stand for these. */

TGC_INLINE vec vec_kept(vec v)
{
    __asm__("" : "+v"(v));
    return v;
}

TGC_INLINE vmask vec_lt(vec a, vec b)
{
    return COMPARE(a, b, _CMP_LT_OQ);
}

TGC_INLINE vmask vec_le(vec a, vec b)
{
    return COMPARE(a, b, _CMP_LE_OQ);
}

TGC_INLINE vmask vec_gt(vec a, vec b)
{
    return COMPARE(a, b, _CMP_GT_OQ);
}

TGC_INLINE vmask vec_ge(vec a, vec b)
{
    return COMPARE(a, b, _CMP_GE_OQ);
}

TGC_INLINE vmask vec_eq(vec a, vec b)
{
    return COMPARE(a, b, _CMP_EQ_OQ);
}

TGC_INLINE vmask vec_ne(vec a, vec b)
{
    return COMPARE(a, b, _CMP_NEQ_UQ);
}

TGC_INLINE vmask vmask_and(vmask a, vmask b)
{
    return (vmask)(a & b);
}

TGC_INLINE vmask vmask_or(vmask a, vmask b)
{
    return (vmask)(a | b);
}

TGC_INLINE vmask vmask_not(vmask m)
{
    return (vmask)~m;
}

TGC_INLINE vec vec_select(vmask m, vec a, vec b)
{
    return SELECT(m, a, b);
}

TGC_INLINE vec vec_fma(vec a, vec b, vec c)
{
    return MM(fmadd)(a, b, c);
}

TGC_INLINE vec vec_fnma(vec a, vec b, vec c)
{
    return MM(fnmadd)(a, b, c);
}

TGC_INLINE vec vec_subtract_product(vec c, vec a, vec b)
{
    return MM(fnmadd)(a, b, c);
}

TGC_INLINE vec vec_mul_error(vec a, vec b, vec product)
{
    return MM(fmsub)(a, b, product);
}

TGC_INLINE vec vec_sqrt(vec v)
{
    return MM(sqrt)(v);
}

/* The instructions return their second operand where either is NaN or both are equal. */
TGC_INLINE vec vec_larger(vec a, vec b)
{
    return MM(max)(a, b);
}

TGC_INLINE vec vec_smaller(vec a, vec b)
{
    return MM(min)(a, b);
}

TGC_INLINE vec vec_round(vec v)
{
    return ROUND(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_floor(vec v)
{
    return ROUND(v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_ceil(vec v)
{
    return ROUND(v, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
}

TGC_INLINE vec vec_trunc(vec v)
{
    return ROUND(v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}
