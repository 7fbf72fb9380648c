/* The draws that need no vectors of an ISA: all but those of normal numbers and of dropout. */
#include "random.h"

#include <math.h>
#include <string.h>

#include "../runtime/lines.h"
#include "../runtime/sizes.h"

/* Words are drawn and converted in blocks; a whole block is converted even where less of it is
 * wanted, because the compiler vectorises a loop of fixed length. */
enum { BLOCK = 64 };

static inline ptrdiff_t block_size(ptrdiff_t n)
{
    return tgc_min(n, BLOCK);
}

void tgc_random_plan(tgc_call *call)
{
    const ptrdiff_t n = tgc_operand_size(&call->operands[call->n_operands - 1]);
    call->n_chunks = n > 0;
    call->work = (double)n * call->kernel->cost;
}

/* Draws n elements to y, `step` bytes apart. */
static void draw_strided(const tgc_call *call, tgc_draw *draw, char *y, ptrdiff_t step,
                         ptrdiff_t n, ptrdiff_t item)
{
    char block[BLOCK * 8];
    for (; n > 0; n -= BLOCK) {
        const ptrdiff_t m = block_size(n);
        draw(tgc_call_generator(call), call, block, m);
        for (ptrdiff_t i = 0; i < m; i++, y += step) {
            memcpy(y, block + i * item, (size_t)item);
        }
    }
}

void tgc_random_fill(const tgc_call *call, tgc_draw *draw)
{
    const tgc_operand *y = &call->operands[call->n_operands - 1];
    const ptrdiff_t item = (ptrdiff_t)tgc_item_size(y->dtype);
    tgc_lines w;
    tgc_lines_begin(&w, y, 1, y->ndim);
    tgc_lines_sort(&w);
    tgc_lines_merge(&w);
    tgc_lines_seek(&w, 0, tgc_lines_size(&w));
    for (ptrdiff_t n; (n = tgc_lines_left(&w)) > 0; tgc_lines_next(&w, n)) {
        if (w.step[0] == item || n == 1) {
            draw(tgc_call_generator(call), call, w.data[0], n);
        } else {
            draw_strided(call, draw, w.data[0], w.step[0], n, item);
        }
    }
}

void tgc_random_chunk(const tgc_call *call, ptrdiff_t index)
{
    (void)index;
    tgc_generator *g = tgc_call_generator(call);
    tgc_generator_lock(g);
    tgc_random_fill(call, (tgc_draw *)call->kernel->loop);
    tgc_generator_unlock(g);
}

/* ---- seed: size seed; a call like any other, so that a replay seeds again ---- */

static void seed_plan(tgc_call *call)
{
    call->n_chunks = 1;
}

static void seed_chunk(const tgc_call *call, ptrdiff_t index)
{
    (void)index;
    tgc_generator *g = tgc_call_generator(call);
    tgc_generator_lock(g);
    tgc_generator_seed(g, (uint64_t)call->sizes[0]);
    tgc_generator_unlock(g);
}

/* ---- uniform: scalars from, to ---- */

static void uniform_f32(tgc_generator *g, const tgc_call *call, void *out, ptrdiff_t n)
{
    const float from = (float)tgc_scalar_value(&call->scalars[0]);
    const double range = (float)tgc_scalar_value(&call->scalars[1]) - from;
    uint32_t words[BLOCK] = {0};
    float numbers[BLOCK];
    for (float *y = out; n > 0; n -= BLOCK, y += BLOCK) {
        const ptrdiff_t m = block_size(n);
        tgc_generator_words(g, words, m);
        for (int i = 0; i < BLOCK; i++) {
            numbers[i] = (float)(tgc_u24(words[i]) * range + from);
        }
        memcpy(y, numbers, (size_t)m * sizeof *y);
    }
}

static void uniform_f64(tgc_generator *g, const tgc_call *call, void *out, ptrdiff_t n)
{
    const double from = tgc_scalar_value(&call->scalars[0]);
    const double range = tgc_scalar_value(&call->scalars[1]) - from;
    uint64_t words[BLOCK];
    for (double *y = out; n > 0; n -= BLOCK, y += BLOCK) {
        const ptrdiff_t m = block_size(n);
        tgc_generator_words64(g, words, m);
        for (ptrdiff_t i = 0; i < m; i++) {
            y[i] = fma(tgc_u53(words[i]), range, from);
        }
    }
}

/* Draws blocks of numbers of type S by draw_<name>, and converts them to the output's type T. */
#define CONVERTED(name, S, TYPE, T)                                                          \
    static void name##_##TYPE(tgc_generator *g, const tgc_call *call, void *out,             \
                              ptrdiff_t n)                                                   \
    {                                                                                        \
        S numbers[BLOCK];                                                                    \
        for (T *y = out; n > 0; n -= BLOCK, y += BLOCK) {                                    \
            const ptrdiff_t m = block_size(n);                                               \
            draw_##name(g, call, numbers, m);                                                \
            for (ptrdiff_t i = 0; i < m; i++) {                                              \
                y[i] = (T)numbers[i];                                                        \
            }                                                                                \
        }                                                                                    \
    }

/* ---- randint: sizes range (as unsigned 64 bits), base, words of 64 bits? ---- */

static void draw_randint(tgc_generator *g, const tgc_call *call, int64_t *y, ptrdiff_t n)
{
    const uint64_t range = (uint64_t)call->sizes[0], base = (uint64_t)call->sizes[1];
    uint32_t words[BLOCK];
    uint64_t words64[BLOCK];
    if (call->sizes[2]) {
        tgc_generator_words64(g, words64, n);
        for (ptrdiff_t i = 0; i < n; i++) {
            y[i] = (int64_t)(words64[i] % range + base);
        }
    } else {
        tgc_generator_words(g, words, n);
        for (ptrdiff_t i = 0; i < n; i++) {
            y[i] = (int64_t)(words[i] % (uint32_t)range + base);
        }
    }
}

CONVERTED(randint, int64_t, bool, uint8_t)
CONVERTED(randint, int64_t, u8, uint8_t)
CONVERTED(randint, int64_t, i32, int32_t)
CONVERTED(randint, int64_t, i64, int64_t)
CONVERTED(randint, int64_t, f32, float)
CONVERTED(randint, int64_t, f64, double)

/* ---- exponential: scalar rate ---- */

static void draw_exponential(tgc_generator *g, const tgc_call *call, double *y, ptrdiff_t n)
{
    const double scale = -1.0 / tgc_scalar_value(&call->scalars[0]);
    uint64_t words[BLOCK];
    tgc_generator_words64(g, words, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        y[i] = scale * log1p(-tgc_u53(words[i]));
    }
}

CONVERTED(exponential, double, f32, float)
CONVERTED(exponential, double, f64, double)

/* ---- bernoulli: operand 1 is p ---- */

static inline void store_bit(char *y, int dtype, int bit)
{
    switch (dtype) {
    case TGC_I32:
        *(int32_t *)(void *)y = bit;
        break;
    case TGC_I64:
        *(int64_t *)(void *)y = bit;
        break;
    case TGC_F32:
        *(float *)(void *)y = (float)bit;
        break;
    case TGC_F64:
        *(double *)(void *)y = bit;
        break;
    default:
        *(uint8_t *)y = (uint8_t)bit;
    }
}

static int draw_bit(tgc_generator *g, const char *p, int dtype)
{
    uint64_t word64;
    uint32_t word;
    if (dtype == TGC_F64) {
        tgc_generator_words64(g, &word64, 1);
        return tgc_u53(word64) < *(const double *)(const void *)p;
    }
    tgc_generator_words(g, &word, 1);
    return tgc_u24(word) < *(const float *)(const void *)p;
}

static void bernoulli_chunk(const tgc_call *call, ptrdiff_t index)
{
    (void)index;
    const tgc_operand *p = &call->operands[1], *y = &call->operands[2];
    tgc_generator *g = tgc_call_generator(call);
    tgc_lines w;
    tgc_lines_begin(&w, p, 2, y->ndim);
    tgc_lines_sort(&w);
    tgc_lines_merge(&w);
    tgc_lines_seek(&w, 0, tgc_lines_size(&w));
    tgc_generator_lock(g);
    for (ptrdiff_t n; (n = tgc_lines_left(&w)) > 0; tgc_lines_next(&w, n)) {
        for (ptrdiff_t i = 0; i < n; i++) {
            const int bit = draw_bit(g, w.data[0] + i * w.step[0], p->dtype);
            store_bit(w.data[1] + i * w.step[1], y->dtype, bit);
        }
    }
    tgc_generator_unlock(g);
}

/* ---- randperm ---- */

/* For n < 2**32 / 20 words of 32 bits are enough. From there on PyTorch draws in another way, and
 * the binding refuses such n. */
static void randperm(tgc_generator *g, const tgc_call *call, void *out, ptrdiff_t n)
{
    (void)call;
    int64_t *y = out;
    uint32_t words[BLOCK];
    for (ptrdiff_t i = 0; i < n; i++) {
        y[i] = i;
    }
    for (ptrdiff_t i = 0; i < n - 1; i += BLOCK) {
        const ptrdiff_t m = block_size(n - 1 - i);
        tgc_generator_words(g, words, m);
        for (ptrdiff_t k = 0; k < m; k++) {
            const ptrdiff_t a = i + k, b = a + words[k] % (uint32_t)(n - a);
            const int64_t x = y[a];
            y[a] = y[b];
            y[b] = x;
        }
    }
}

#define INSTALL(kernel, type, dtype, ns)                                            \
    table[TGC_##kernel][dtype] = (tgc_kernel){.name = #kernel,                      \
                                              .plan = tgc_random_plan,              \
                                              .chunk = tgc_random_chunk,            \
                                              .loop = (void (*)(void))kernel##type, \
                                              .cost = ns}

void tgc_random(tgc_table table)
{
    table[TGC_seed][TGC_U8] = (tgc_kernel){.name = "seed", .plan = seed_plan, .chunk = seed_chunk};
    INSTALL(uniform, _f32, TGC_F32, 1.5);
    INSTALL(uniform, _f64, TGC_F64, 4);
    INSTALL(randint, _bool, TGC_BOOL, 5);
    INSTALL(randint, _u8, TGC_U8, 5);
    INSTALL(randint, _i32, TGC_I32, 5);
    INSTALL(randint, _i64, TGC_I64, 5);
    INSTALL(randint, _f32, TGC_F32, 5);
    INSTALL(randint, _f64, TGC_F64, 5);
    INSTALL(exponential, _f32, TGC_F32, 20);
    INSTALL(exponential, _f64, TGC_F64, 20);
    INSTALL(randperm, , TGC_I64, 5);
    for (int dtype = 0; dtype < TGC_N_DTYPES; dtype++) {
        table[TGC_bernoulli][dtype] = (tgc_kernel){
            .name = "bernoulli", .plan = tgc_random_plan, .chunk = bernoulli_chunk, .cost = 10};
    }
}
