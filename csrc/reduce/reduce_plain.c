/* Reductions of whole numbers and truth values, and any and all of every type. They are exact in
 * any order, so plain C does: the compiler may make vectors of it. */
#include "reduce.h"

#define TGC_PLAIN static inline __attribute__((always_inline))
#define JOIN_(name, suffix) name##_##suffix
#define JOIN(name, suffix) JOIN_(name, suffix)
#define PLAIN(name) JOIN(name, SUFFIX)

enum { SUM, PROD, MAX, MIN, ANY, ALL };

TGC_PLAIN int64_t identity(int op)
{
    switch (op) {
    case PROD:
    case ALL:
        return 1;
    case MAX:
        return INT64_MIN;
    case MIN:
        return INT64_MAX;
    default:
        return 0;
    }
}

/* Sums and products wrap around. */
TGC_PLAIN int64_t apply(int op, int64_t a, int64_t b)
{
    switch (op) {
    case SUM:
        return (int64_t)((uint64_t)a + (uint64_t)b);
    case PROD:
        return (int64_t)((uint64_t)a * (uint64_t)b);
    case MAX:
        return b > a ? b : a;
    case MIN:
        return b < a ? b : a;
    case ANY:
        return a | b;
    default:
        return a & b;
    }
}

#define ACCUMULATOR(name, op)                                                                \
    static void name##_init(void *acc, ptrdiff_t width)                                      \
    {                                                                                        \
        for (ptrdiff_t j = 0; j < width; j++) {                                              \
            ((int64_t *)acc)[j] = identity(op);                                              \
        }                                                                                    \
    }                                                                                        \
    static void name##_combine(void *acc, const void *later, ptrdiff_t width)                \
    {                                                                                        \
        for (ptrdiff_t j = 0; j < width; j++) {                                              \
            ((int64_t *)acc)[j] =                                                            \
                apply(op, ((int64_t *)acc)[j], ((const int64_t *)later)[j]);                 \
        }                                                                                    \
    }

ACCUMULATOR(sum, SUM)
ACCUMULATOR(prod, PROD)
ACCUMULATOR(amax, MAX)
ACCUMULATOR(amin, MIN)
ACCUMULATOR(any, ANY)
ACCUMULATOR(all, ALL)

static void store_bool(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        ((uint8_t *)y->data[0])[j * y->strides[0]] = (uint8_t)((const int64_t *)acc)[j];
    }
}

static void store_int64(const void *acc, ptrdiff_t width, const tgc_reduce_target *y)
{
    for (ptrdiff_t j = 0; j < width; j++) {
        ((int64_t *)y->data[0])[j * y->strides[0]] = ((const int64_t *)acc)[j];
    }
}

#define T float
#define DTYPE TGC_F32
#define SUFFIX f32
#include "reduce_plain.template.h"

#define T double
#define DTYPE TGC_F64
#define SUFFIX f64
#include "reduce_plain.template.h"

#define WHOLE

#define T uint8_t
#define DTYPE TGC_BOOL
#define SUFFIX b8
#include "reduce_plain.template.h"

#define T uint8_t
#define DTYPE TGC_U8
#define SUFFIX u8
#include "reduce_plain.template.h"

#define T int32_t
#define DTYPE TGC_I32
#define SUFFIX i32
#include "reduce_plain.template.h"

#define T int64_t
#define DTYPE TGC_I64
#define SUFFIX i64
#include "reduce_plain.template.h"

void tgc_reduce_plain(tgc_table table)
{
    install_f32(table);
    install_f64(table);
    install_b8(table);
    install_u8(table);
    install_i32(table);
    install_i64(table);
}
