/* From here on, the template's T, vec, VL, vec_load, ... mean double. */
#undef T
#undef TYPE
#undef TGC_DTYPE
#undef T_INT
#undef T_UINT
#undef T_MANTISSA
#undef T_BIAS
#define T double
#define TYPE f64
#define TGC_DTYPE TGC_F64
/* The integers of T's width. */
#define T_INT int64_t
#define T_UINT uint64_t
/* The bits of T's mantissa that are stored, and the bias of its exponent. */
#define T_MANTISSA 52
#define T_BIAS 1023
#include "typed.h"
