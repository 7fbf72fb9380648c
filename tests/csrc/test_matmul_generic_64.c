/* The float32 product with the 16 lanes and the tiles of AVX-512, in plain C. */
#include "matmul_driver.h"

#define TGC_VEC_BYTES 64
#include "vec/generic.h"

#define TILE_ROWS 14
#define CACHED_BYTES (688 * 1024)

#include "vec/f32.h"
#include "matmul/matmul.template.h"

int main(void)
{
    static tgc_table table;
    install_f32(table);
    const tgc_kernel kernels[3] = {table[TGC_matmul][TGC_F32], table[TGC_matmul_pack][TGC_F32],
                                   table[TGC_matmul_packed][TGC_F32]};
    check_kernels(kernels, TGC_F32);
    return check_result();
}
