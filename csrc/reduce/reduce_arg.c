/* max, min, argmax, argmin: where the extreme element stands, for every type. */
#include "reduce.h"

#include <math.h>

#define TGC_PLAIN static inline __attribute__((always_inline))
#define JOIN_(name, suffix) name##_##suffix
#define JOIN(name, suffix) JOIN_(name, suffix)
#define PLAIN(name) JOIN(name, SUFFIX)

enum { MAX, MIN };

#define T float
#define DTYPE TGC_F32
#define SUFFIX f32
#include "reduce_arg.template.h"

#define T double
#define DTYPE TGC_F64
#define SUFFIX f64
#include "reduce_arg.template.h"

#define T uint8_t
#define DTYPE TGC_BOOL
#define SUFFIX b8
#include "reduce_arg.template.h"

#define T uint8_t
#define DTYPE TGC_U8
#define SUFFIX u8
#include "reduce_arg.template.h"

#define T int32_t
#define DTYPE TGC_I32
#define SUFFIX i32
#include "reduce_arg.template.h"

#define T int64_t
#define DTYPE TGC_I64
#define SUFFIX i64
#include "reduce_arg.template.h"

void tgc_reduce_arg(tgc_table table)
{
    install_f32(table);
    install_f64(table);
    install_b8(table);
    install_u8(table);
    install_i32(table);
    install_i64(table);
}
