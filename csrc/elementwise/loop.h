/* A loop in plain C, for the types and functions that have no vectors of their own. */
#ifndef TGC_ELEMENTWISE_LOOP_H
#define TGC_ELEMENTWISE_LOOP_H

#include "elementwise.h"

#include <string.h>

/* Bytes of the vectors that the loop below can be turned into. */
enum { TGC_SPLAT_BYTES = 64 };

/* Sets where to read each input: an input that is one number is repeated in a splat, so that it can
 * be read as a vector. */
static inline void tgc_splat(const tgc_call *call, char *const *data, const ptrdiff_t *steps,
                             char (*splats)[TGC_SPLAT_BYTES], const char **from)
{
    for (int k = 0; k + 1 < call->n_operands; k++) {
        const size_t item_size = tgc_item_size(call->operands[k].dtype);
        from[k] = data[k];
        if (steps[k] == 0) {
            for (size_t i = 0; i < TGC_SPLAT_BYTES; i += item_size) {
                memcpy(splats[k] + i, data[k], item_size);
            }
            from[k] = splats[k];
        }
    }
}

/* y[i] = expression, y of type Y being operand y_operand; `loads` are LOADs, W is the widest of
 * the types. The inner loop has a constant length and writes nothing that it might read, so that
 * compilers turn it into vectors. */
#define LOOP(name, W, Y, y_operand, loads, expression)                                       \
    static void name(const tgc_call *call, ptrdiff_t n, char *const *data,                   \
                     const ptrdiff_t *steps)                                                 \
    {                                                                                        \
        enum { LANES = TGC_SPLAT_BYTES / sizeof(W) };                                        \
        _Alignas(TGC_SPLAT_BYTES) char splats[y_operand][TGC_SPLAT_BYTES];                   \
        const char *from[y_operand];                                                         \
        tgc_splat(call, data, steps, splats, from);                                          \
        Y *y = (Y *)(void *)data[y_operand];                                                 \
        Y lanes[LANES];                                                                      \
        ptrdiff_t i = 0;                                                                     \
        for (; i + LANES <= n; i += LANES) {                                                 \
            for (ptrdiff_t j = 0; j < LANES; j++) {                                          \
                loads                                                                        \
                lanes[j] = (Y)(expression);                                                  \
            }                                                                                \
            memcpy(y + i, lanes, sizeof lanes);                                              \
        }                                                                                    \
        for (ptrdiff_t j = 0; j < n - i; j++) {                                              \
            loads                                                                            \
            y[i + j] = (Y)(expression);                                                      \
        }                                                                                    \
    }

/* const type name = operand k's element. */
#define LOAD(type, name, k) \
    const type name = ((const type *)(const void *)from[k])[i * steps[k] + j];

#endif
