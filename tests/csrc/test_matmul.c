/* The matrix product of every ISA that this CPU has, on several threads. */
#include "matmul_driver.h"

int main(void)
{
    tgc_set_num_threads(3);
    for (tgc_isa isa = TGC_GENERIC; isa < TGC_N_ISAS; isa++) {
        if (tgc_cpu_supports(isa)) {
            tgc_use_isa(isa);
            for (tgc_dtype dtype = TGC_F32; dtype <= TGC_F64; dtype++) {
                const tgc_kernel kernels[3] = {*tgc_find_kernel(TGC_matmul, dtype),
                                               *tgc_find_kernel(TGC_matmul_pack, dtype),
                                               *tgc_find_kernel(TGC_matmul_packed, dtype)};
                check_kernels(kernels, dtype);
            }
        }
    }
    return check_result();
}
