/* Ends what avx2.h or avx512.h began: the last line of each file that includes one of them. GCC
 * would not mind its absence, clang insists. */
#if defined(TGC_VEC_TARGET)
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef TGC_VEC_TARGET
#endif
