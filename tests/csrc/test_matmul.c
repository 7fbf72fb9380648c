/* The matrix product of every ISA that this CPU has, on several threads. */
#include "matmul_driver.h"

int main(void)
{
    tgc_set_num_threads(3);
    for (tgc_isa isa = TGC_GENERIC; isa < TGC_N_ISAS; isa++) {
        if (tgc_cpu_supports(isa)) {
            tgc_use_isa(isa);
            check_kernel(tgc_find_kernel(TGC_matmul, TGC_F32), TGC_F32);
            check_kernel(tgc_find_kernel(TGC_matmul, TGC_F64), TGC_F64);
        }
    }
    return check_result();
}
