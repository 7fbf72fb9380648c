/* Bool operands: bytes that are 0 or 1. The sum is `or`, the product is `and`. */
#include "elementwise.h"
#include "loop.h"

typedef unsigned char truth;

#define UNARY(name, expression) LOOP(bool_##name, truth, truth, 1, LOAD(truth, a, 0), expression)
#define BINARY(name, expression) \
    LOOP(bool_##name, truth, truth, 2, LOAD(truth, a, 0) LOAD(truth, b, 1), expression)

UNARY(sign, a)
UNARY(isnan, ((void)a, 0))
UNARY(isinf, ((void)a, 0))
UNARY(isfinite, ((void)a, 1))
UNARY(logical_not, !a)

BINARY(add, a | b)
BINARY(mul, a & b)
BINARY(maximum, a | b)
BINARY(minimum, a & b)
BINARY(eq, a == b)
BINARY(ne, a != b)
BINARY(lt, a < b)
BINARY(le, a <= b)
BINARY(gt, a > b)
BINARY(ge, a >= b)
BINARY(logical_and, a && b)
BINARY(logical_or, a || b)
BINARY(logical_xor, !a != !b)

LOOP(bool_where, truth, truth, 3, LOAD(truth, m, 0) LOAD(truth, a, 1) LOAD(truth, b, 2), m ? a : b)

void tgc_elementwise_bool(tgc_table table)
{
#define INSTALL(kernel) \
    table[TGC_##kernel][TGC_BOOL] = TGC_ELEMENTWISE_ROW(#kernel, bool_##kernel, 0.5);
    INSTALL(sign)
    INSTALL(add)
    INSTALL(mul)
    INSTALL(maximum)
    INSTALL(minimum)
    INSTALL(where)
    TGC_PREDICATE_KERNELS(INSTALL)
    TGC_COMPARISON_KERNELS(INSTALL)
    TGC_LOGICAL_KERNELS(INSTALL)
#undef INSTALL
}
