/* The functions of vec/math.template.h on floats, for the ISA whose header is ISA_HEADER. */
#include <stdint.h>
#include <string.h>

#include "vec_sweep.h"

#include ISA_HEADER
#include "vec/f32.h"
#include "vec/math.template.h"

#define DEFINE(name, expression)                                                             \
    static void run_##name(const float *x, float *y)                                         \
    {                                                                                        \
        for (int i = 0; i < SWEEP_BLOCK; i += VL) {                                          \
            const vec a = vec_load(x + i);                                                   \
            vec_store(y + i, expression);                                                    \
        }                                                                                    \
    }
#define UNARY(name, exact, limit) DEFINE(name, vec_##name(a))
#define POWER(name, exponent) DEFINE(name, vec_pow(a, vec_set1(exponent)))
SWEEP_UNARY(UNARY)
SWEEP_POWER(POWER)

#define ROW(name, ...) run_##name,
sweep_run *const ISA_TABLE[] = {SWEEP_UNARY(ROW) SWEEP_POWER(ROW)};

#if defined(TGC_VEC_TARGET)
#include "vec/end.h"
#endif
