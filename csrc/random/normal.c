/* Normal numbers one by one, by the C library. Those in blocks of 16 are computed with vectors:
 * see normal.template.h. */
#include "normal.h"

#include <math.h>

static const double TWO_PI = 6.283185307179586476925;

static double next_normal(tgc_generator *g)
{
    if (g->has_next_normal) {
        g->has_next_normal = 0;
        return g->next_normal;
    }
    uint64_t words[2];
    tgc_generator_words64(g, words, 2);
    const double theta = TWO_PI * tgc_u53(words[0]);
    const double r = sqrt(-2 * log1p(-tgc_u53(words[1])));
    g->next_normal = r * sin(theta);
    g->has_next_normal = 1;
    return r * cos(theta);
}

#define ONE_BY_ONE(TYPE, T)                                                                  \
    void tgc_normal_one_by_one_##TYPE(tgc_generator *g, const tgc_call *call, void *out,     \
                                      ptrdiff_t n)                                           \
    {                                                                                        \
        const double mean = tgc_scalar_value(&call->scalars[0]);                             \
        const double std = tgc_scalar_value(&call->scalars[1]);                              \
        T *y = out;                                                                          \
        for (ptrdiff_t i = 0; i < n; i++) {                                                  \
            y[i] = (T)fma(next_normal(g), std, mean);                                        \
        }                                                                                    \
    }

ONE_BY_ONE(f32, float)
ONE_BY_ONE(f64, double)
