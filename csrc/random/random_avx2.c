#include "dropout.h"
#include "normal.h"
#include "../runtime/lines.h"

#include "../vec/avx2.h"

typedef uint64_t philox_lanes __attribute__((vector_size(32)));
#define PHILOX_MUL(a, b) (philox_lanes) _mm256_mul_epu32((__m256i)(a), (__m256i)(b))
#include "philox.h"

#include "../vec/f32.h"
#include "random.template.h"

#include "../vec/f64.h"
#include "random.template.h"

void tgc_random_avx2(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
