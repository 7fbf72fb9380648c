/* The product by its definition, a row of y at a time: the reference for the other methods, and the
 * only method for whole numbers. */
#include "matmul.h"

/* Whole numbers are multiplied as unsigned ones: the same bits, and C defines their overflow. */
#define NAIVE(NAME, T)                                                                        \
    void tgc_matmul_naive_##NAME(const tgc_matmul_block *s)                                   \
    {                                                                                         \
        for (ptrdiff_t i = 0; i < s->rows; i++) {                                             \
            T *const y = (T *)s->y.data + i * s->y.row;                                       \
            const T *const start = s->start.data ? (T *)s->start.data + i * s->start.row : 0; \
            for (ptrdiff_t j = 0; j < s->cols; j++) {                                         \
                y[j * s->y.col] = start ? start[j * s->start.col] : 0;                        \
            }                                                                                 \
            for (ptrdiff_t p = 0; p < s->k; p++) {                                            \
                const T a = ((const T *)s->a.data)[i * s->a.row + p * s->a.col];              \
                const T *const b = (const T *)s->b.data + p * s->b.row;                       \
                for (ptrdiff_t j = 0; j < s->cols; j++) {                                     \
                    y[j * s->y.col] = (T)(y[j * s->y.col] + a * b[j * s->b.col]);             \
                }                                                                             \
            }                                                                                 \
        }                                                                                     \
    }

NAIVE(u8, uint8_t)
NAIVE(i32, uint32_t)
NAIVE(i64, uint64_t)
NAIVE(f32, float)
NAIVE(f64, double)
