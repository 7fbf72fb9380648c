/* From here on, the template's T, vec, VL, vec_load, ... mean float. */
#undef T
#undef TYPE
#undef TGC_DTYPE
#undef T_INT
#undef T_UINT
#undef T_MANTISSA
#undef T_BIAS
#define T float
#define TYPE f32
#define TGC_DTYPE TGC_F32
/* The integers of T's width. */
#define T_INT int32_t
#define T_UINT uint32_t
/* The bits of T's mantissa that are stored, and the bias of its exponent. */
#define T_MANTISSA 23
#define T_BIAS 127
#include "typed.h"
