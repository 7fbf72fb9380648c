/* Which instructions each ISA needs: all that its kernels may use. */
#include "cpu.h"

const char *tgc_isa_name(tgc_isa isa)
{
    static const char *const names[TGC_N_ISAS] = {"generic", "avx2", "avx512"};
    return names[isa];
}

int tgc_cpu_supports(tgc_isa isa)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    switch (isa) {
    case TGC_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    case TGC_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    default:
        return 1;
    }
#else
    return isa == TGC_GENERIC;
#endif
}
