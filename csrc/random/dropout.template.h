/* The chunks of dropout for one real type (T) and the vectors of one ISA: a block of random words
 * for each block of elements. */
#include "../elementwise/operand.template.h"

/* A block of elements, of which those are kept whose word >> 1 is above `bound`. The loops have a
 * fixed length and no branches, so that the compiler vectorises them. */
static void FN(dropout_block)(const uint32_t *words, int32_t bound, const T *x, T scale, T *y,
                              uint8_t *mask)
{
    T_UINT keep[TGC_PHILOX_BLOCK], bits[TGC_PHILOX_BLOCK];
    T scaled[TGC_PHILOX_BLOCK];
    for (int i = 0; i < TGC_PHILOX_BLOCK; i++) {
        keep[i] = (T_UINT)((int32_t)(words[i] >> 1) > bound ? -1 : 0);
    }
    for (int i = 0; i < TGC_PHILOX_BLOCK; i++) {
        mask[i] = (uint8_t)(keep[i] & 1);
    }
    for (int i = 0; i < TGC_PHILOX_BLOCK; i++) {
        scaled[i] = x[i] * scale;
    }
    memcpy(bits, scaled, sizeof bits);
    for (int i = 0; i < TGC_PHILOX_BLOCK; i++) {
        bits[i] &= keep[i];
    }
    memcpy(y, bits, sizeof bits);
}

static void FN(dropout_chunk)(const tgc_call *call, ptrdiff_t index)
{
    const uint64_t counter = (uint64_t)call->sizes[TGC_DROPOUT_COUNTER];
    const uint64_t seed = (uint64_t)call->sizes[TGC_DROPOUT_SEED];
    const T scale = (T)tgc_dropout_scale(call);
    const int32_t bound = tgc_dropout_bound(call);
    T *y = (T *)(void *)call->operands[2].data;
    uint8_t *mask = (uint8_t *)call->operands[3].data;
    uint32_t words[TGC_PHILOX_BLOCK];
    T x_buffer[TGC_PHILOX_BLOCK], y_buffer[TGC_PHILOX_BLOCK];
    uint8_t mask_buffer[TGC_PHILOX_BLOCK];
    ptrdiff_t i, n;
    tgc_dropout_range(call, index, &i, &n);
    for (const ptrdiff_t end = i + n; i < end; i += TGC_PHILOX_BLOCK) {
        const ptrdiff_t m = tgc_min(end - i, TGC_PHILOX_BLOCK);
        const T *x = tgc_dropout_input(call, i, m, x_buffer);
        philox_block(counter + (uint64_t)(i / TGC_PHILOX_WORDS), seed, words);
        if (m == TGC_PHILOX_BLOCK) {
            FN(dropout_block)(words, bound, x, scale, y + i, mask + i);
        } else {
            FN(dropout_block)(words, bound, x, scale, y_buffer, mask_buffer);
            memcpy(y + i, y_buffer, (size_t)m * sizeof(T));
            memcpy(mask + i, mask_buffer, (size_t)m);
        }
    }
}

/* y = g / (1 - p) where the mask is true, else 0: the `loop` of an elementwise kernel. */
static void FN(dropout_backward)(const tgc_call *call, ptrdiff_t n, char *const *data,
                                 const ptrdiff_t *steps)
{
    const uint8_t *mask = (const uint8_t *)data[1];
    T *y = (T *)(void *)data[2];
    const vec scale = vec_set1((T)tgc_dropout_scale(call));
    for (ptrdiff_t i = 0; i < n; i += VL) {
        const ptrdiff_t m = tgc_min(n - i, VL);
        const vec grad = FN(operand)(data, steps, 0, i, m);
        const vmask keep = steps[1] ? vmask_loadn_bytes(mask + i, m)
                                    : vec_ne(vec_set1((T)*mask), vec_zero());
        vec_storen(y + i, vec_select(keep, grad * scale, vec_zero()), m);
    }
}
