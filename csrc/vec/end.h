/* Ends what avx2.h or avx512.h began. Each file that includes one of them includes this in its last
 * line: GCC does without it, clang does not. */
#if defined(TGC_VEC_TARGET)
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef TGC_VEC_TARGET
#endif
