/* The product of whole numbers, modulo 2^bits: plain C. */
#include "matmul.h"

/* U is the unsigned type of the same size: its overflow is defined, and gives the same bits. */
#define INTEGER_PRODUCT(TYPE, U)                                                                \
    static void product_##TYPE(const tgc_matmul_block *s)                                       \
    {                                                                                           \
        for (ptrdiff_t i = 0; i < s->rows; i++) {                                               \
            U *const y = (U *)s->y.data + i * s->y.row;                                         \
            const U *const start = s->start.data ? (U *)s->start.data + i * s->start.row : 0;   \
            for (ptrdiff_t j = 0; j < s->cols; j++) {                                           \
                y[j * s->y.col] = start ? start[j * s->start.col] : 0;                          \
            }                                                                                   \
            for (ptrdiff_t p = 0; p < s->k; p++) {                                              \
                const U a = ((const U *)s->a.data)[i * s->a.row + p * s->a.col];                \
                const U *const b = (const U *)s->b.data + p * s->b.row;                         \
                for (ptrdiff_t j = 0; j < s->cols; j++) {                                       \
                    y[j * s->y.col] = (U)(y[j * s->y.col] + a * b[j * s->b.col]);               \
                }                                                                               \
            }                                                                                   \
        }                                                                                       \
    }

INTEGER_PRODUCT(u8, uint8_t)
INTEGER_PRODUCT(i32, uint32_t)
INTEGER_PRODUCT(i64, uint64_t)

static void plan(tgc_call *call)
{
    static const tgc_matmul_limits limits[TGC_MATMUL_N_METHODS] = {
        [TGC_MATMUL_TILES] = {.tile_rows = 1,
                              .tile_cols = 64,
                              .max_rows = 64,
                              .max_cols = 1024,
                              .max_depth = PTRDIFF_MAX,
                              .max_elements = PTRDIFF_MAX}};
    tgc_matmul_plan(call, limits);
}

void tgc_matmul_integer(tgc_table table)
{
#define INSTALL(DTYPE, TYPE)                                                            \
    table[TGC_matmul][DTYPE] = (tgc_kernel){.name = "matmul",                           \
                                            .plan = plan,                               \
                                            .chunk = tgc_matmul_chunk,                  \
                                            .loop = (void (*)(void))product_##TYPE,     \
                                            .cost = 0.5};
    INSTALL(TGC_U8, u8)
    INSTALL(TGC_I32, i32)
    INSTALL(TGC_I64, i64)
#undef INSTALL
}
