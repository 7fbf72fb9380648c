/* Products of whole numbers, modulo 2^bits, by the definition only: a file of its own, because they
 * are the same on every ISA. */
#include "matmul.h"

static void plan(tgc_call *call)
{
    static const tgc_matmul_limits limits[TGC_MATMUL_N_METHODS] = {
        [TGC_MATMUL_NAIVE] = {.tile_rows = 1,
                              .tile_cols = 64,
                              .max_rows = PTRDIFF_MAX,
                              .max_cols = PTRDIFF_MAX,
                              .max_depth = PTRDIFF_MAX,
                              .max_elements = PTRDIFF_MAX}};
    tgc_matmul_plan(call, limits);
}

void tgc_matmul_integer(tgc_table table)
{
#define INSTALL(DTYPE, TYPE)                                                             \
    table[TGC_matmul][DTYPE] = (tgc_kernel){.name = "matmul",                            \
                                            .plan = plan,                                \
                                            .chunk = tgc_matmul_chunk,                   \
                                            .loop = (void (*)(void))tgc_matmul_naive_##TYPE, \
                                            .cost = 0.5};
    INSTALL(TGC_U8, u8)
    INSTALL(TGC_I32, i32)
    INSTALL(TGC_I64, i64)
#undef INSTALL
}
