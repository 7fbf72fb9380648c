/* The loops of whole numbers, from one template. They have no variants for an ISA: the compiler
 * makes vectors of them (loop.h). */
#include "elementwise.h"

#include <stdio.h>

#include "loop.h"

static tgc_error explain_division(const tgc_call *call, char *text, size_t size)
{
    snprintf(text, size, "%s: the divisor of an integer must not be zero (ZeroDivisionError)",
             call->kernel->name);
    return TGC_RUNTIME_ERROR;
}

#define FN(name) name##_u8
#define T uint8_t
#define U uint8_t
#define TGC_DTYPE TGC_U8
#define NEGATIVE(x) 0
#include "integer.template.h"
#undef FN
#undef T
#undef U
#undef TGC_DTYPE
#undef NEGATIVE

#define NEGATIVE(x) ((x) < 0)
#define FN(name) name##_i32
#define T int32_t
#define U uint32_t
#define TGC_DTYPE TGC_I32
#include "integer.template.h"
#undef FN
#undef T
#undef U
#undef TGC_DTYPE

#define FN(name) name##_i64
#define T int64_t
#define U uint64_t
#define TGC_DTYPE TGC_I64
#include "integer.template.h"

void tgc_elementwise_integer(tgc_table table)
{
    install_u8(table);
    install_i32(table);
    install_i64(table);
}
