/* max, min, argmax, argmin of whole numbers and truth values, in plain C. Those of real numbers
 * search with the vectors of an ISA (arg_vec.template.h). */
#include "reduce.h"

#include <math.h>

#include "../vec/typed.h"

#define LOOPS "arg_plain.template.h"

#define T uint8_t
#define TYPE b8
#define TGC_DTYPE TGC_BOOL
#include "reduce_arg.template.h"
#undef T
#undef TYPE
#undef TGC_DTYPE

#define T uint8_t
#define TYPE u8
#define TGC_DTYPE TGC_U8
#include "reduce_arg.template.h"
#undef T
#undef TYPE
#undef TGC_DTYPE

#define T int32_t
#define TYPE i32
#define TGC_DTYPE TGC_I32
#include "reduce_arg.template.h"
#undef T
#undef TYPE
#undef TGC_DTYPE

#define T int64_t
#define TYPE i64
#define TGC_DTYPE TGC_I64
#include "reduce_arg.template.h"

void tgc_reduce_arg(tgc_table table)
{
    install_arg_b8(table);
    install_arg_u8(table);
    install_arg_i32(table);
    install_arg_i64(table);
}
