/* The float32 product with the 16 lanes and the tiles of AVX-512, in plain C. */
#include "matmul_driver.h"

#define TGC_VEC_BYTES 64
#include "vec/generic.h"

#define TILE_ROWS 14
#define CACHED_BYTES (688 * 1024)

#include "vec/f32.h"
#include "matmul/matmul.template.h"

/* Whether the rows of every chunk, for one block of the sum, fit the room that is packed into. */
static int fits(ptrdiff_t batch, ptrdiff_t m, ptrdiff_t k, ptrdiff_t n)
{
    const tgc_operand a = {.shape = {batch, m, k}, .strides = {m * k, k, 1}, .ndim = 3},
                      b = {.shape = {batch, k, n}, .strides = {k * n, n, 1}, .ndim = 3},
                      y = {.shape = {batch, m, n}, .strides = {m * n, n, 1}, .ndim = 3};
    const tgc_kernel kernel = {.cost = 0.2 / VL};
    tgc_call call = {.kernel = &kernel,
                     .sizes = {[TGC_MATMUL_WANTED] = TGC_MATMUL_TILES},
                     .n_operands = 3,
                     .operands = {a, b, y}};
    plan_f32(&call);
    for (ptrdiff_t i = 0; i < call.sizes[TGC_MATMUL_DOWN] * call.sizes[TGC_MATMUL_ACROSS]; i++) {
        const ptrdiff_t rows = tgc_matmul_area_of(&call, i).rows;
        if (rows * call.sizes[TGC_MATMUL_DEPTH] > MAX_ELEMENTS_f32) {
            return 0;
        }
    }
    return 1;
}

int main(void)
{
    static tgc_table table;
    for (ptrdiff_t m = 1; m < 3000; m += m < 40 ? 1 : 53) {
        for (ptrdiff_t k = 1; k < 3000; k += k < 40 ? 13 : 250) {
            CHECK(fits(1, m, k, 128));
            CHECK(fits(16, m, k, 1000));
        }
        CHECK(fits(1, m, 1024, 64));
    }
    CHECK(fits(1, 1024, 1024, 128));
    CHECK(fits(16, 680, 512, 1024));
    install_f32(table);
    const tgc_kernel kernels[3] = {table[TGC_matmul][TGC_F32], table[TGC_matmul_pack][TGC_F32],
                                   table[TGC_matmul_packed][TGC_F32]};
    check_kernels(kernels, TGC_F32);
    return check_result();
}
