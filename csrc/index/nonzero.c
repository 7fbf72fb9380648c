/* Finds the elements that are not zero. Apart from index.c, because indices are written here, not
 * read: chunk by chunk, after a count has said where each chunk's begin. */
#include "nonzero.h"

#include <stdio.h>

#include "../runtime/lines.h"
#include "../runtime/sizes.h"

/* The most elements that are looked at in one go. */
enum { BLOCK = 256 };
_Static_assert(BLOCK <= UINT8_MAX + 1, "places in a block are bytes");

/* The `loop` of both kernels: writes which of n <= BLOCK elements, `step` bytes apart, are not
 * zero, and returns how many those are. No branch depends on them, as no CPU could predict it. */
typedef ptrdiff_t find_loop(const char *a, ptrdiff_t step, ptrdiff_t n, uint8_t *found);

#define FIND(TYPE, T)                                                                        \
    static ptrdiff_t find_##TYPE(const char *a, ptrdiff_t step, ptrdiff_t n, uint8_t *found) \
    {                                                                                        \
        ptrdiff_t k = 0;                                                                     \
        for (ptrdiff_t i = 0; i < n; i++) {                                                  \
            found[k] = (uint8_t)i;                                                           \
            k += *(const T *)(const void *)(a + i * step) != 0;                              \
        }                                                                                    \
        return k;                                                                            \
    }

FIND(bool, uint8_t)
FIND(u8, uint8_t)
FIND(i32, int32_t)
FIND(i64, int64_t)
FIND(f32, float)
FIND(f64, double)

static void plan(tgc_call *call)
{
    const ptrdiff_t n = tgc_operand_size(&call->operands[0]);
    call->n_chunks = tgc_ceil_div(n, TGC_NONZERO_CHUNK);
    call->work = (double)n * call->kernel->cost;
}

/* The walk over the elements of a chunk. */
static tgc_lines chunk_lines(const tgc_call *call, ptrdiff_t index)
{
    const tgc_operand *a = &call->operands[0];
    const ptrdiff_t first = index * TGC_NONZERO_CHUNK, left = tgc_operand_size(a) - first;
    tgc_lines w;
    tgc_lines_begin(&w, a, 1, a->ndim);
    tgc_lines_seek(&w, first, tgc_min(left, TGC_NONZERO_CHUNK));
    return w;
}

static inline ptrdiff_t block_size(const tgc_lines *w)
{
    const ptrdiff_t n = tgc_lines_left(w);
    return tgc_min(n, BLOCK);
}

static void count_chunk(const tgc_call *call, ptrdiff_t index)
{
    find_loop *find = (find_loop *)call->kernel->loop;
    uint8_t found[BLOCK];
    int64_t count = 0;
    tgc_lines w = chunk_lines(call, index);
    for (ptrdiff_t n; (n = block_size(&w)) > 0; tgc_lines_next(&w, n)) {
        count += find(w.data[0], w.step[0], n, found);
    }
    ((int64_t *)(void *)call->operands[1].data)[index] = count;
}

/* Turns the counts into starts. */
static void count_finish(const tgc_call *call)
{
    int64_t *starts = (int64_t *)(void *)call->operands[1].data, sum = 0;
    for (ptrdiff_t c = 0; c < call->n_chunks; c++) {
        const int64_t count = starts[c];
        starts[c] = sum;
        sum += count;
    }
    starts[call->n_chunks] = sum;
}

static void nonzero_chunk(const tgc_call *call, ptrdiff_t index)
{
    find_loop *find = (find_loop *)call->kernel->loop;
    const int64_t *starts = (const int64_t *)(const void *)call->operands[1].data;
    const tgc_operand *y = &call->operands[2];
    uint8_t found[BLOCK];
    if (starts[call->n_chunks] != y->shape[1]) {
        tgc_report(call, 0);
        return;
    }
    int64_t *to = (int64_t *)(void *)y->data + starts[index];
    tgc_lines w = chunk_lines(call, index);
    for (ptrdiff_t n; (n = block_size(&w)) > 0; tgc_lines_next(&w, n)) {
        const ptrdiff_t count = find(w.data[0], w.step[0], n, found);
        for (int d = 0; d < w.ndim; d++) {
            const ptrdiff_t varies = d == w.ndim - 1;
            for (ptrdiff_t k = 0; k < count; k++) {
                to[d * y->strides[0] + k] = w.position[d] + (varies ? found[k] : 0);
            }
        }
        to += count;
    }
}

static tgc_error nonzero_explain(const tgc_call *call, char *text, size_t size)
{
    const tgc_operand *y = &call->operands[2];
    snprintf(text, size,
             "nonzero: %td elements were not zero when the call was recorded, now there are %lld",
             y->shape[1],
             (long long)((const int64_t *)(const void *)call->operands[1].data)[call->n_chunks]);
    return TGC_INDEX_ERROR;
}

#define INSTALL(TYPE, dtype)                                                                 \
    table[TGC_count_nonzero][dtype] = (tgc_kernel){.name = "count_nonzero",                  \
                                                   .plan = plan,                             \
                                                   .chunk = count_chunk,                     \
                                                   .finish = count_finish,                   \
                                                   .loop = (void (*)(void))find_##TYPE,      \
                                                   .cost = 0.7};                             \
    table[TGC_nonzero][dtype] = (tgc_kernel){.name = "nonzero",                              \
                                             .plan = plan,                                   \
                                             .chunk = nonzero_chunk,                         \
                                             .loop = (void (*)(void))find_##TYPE,            \
                                             .explain = nonzero_explain,                     \
                                             .cost = 1.5}

void tgc_nonzero(tgc_table table)
{
    INSTALL(bool, TGC_BOOL);
    INSTALL(u8, TGC_U8);
    INSTALL(i32, TGC_I32);
    INSTALL(i64, TGC_I64);
    INSTALL(f32, TGC_F32);
    INSTALL(f64, TGC_F64);
}
