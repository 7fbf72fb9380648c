#include "dropout.h"
#include "normal.h"
#include "../runtime/lines.h"

#include "../vec/generic.h"

typedef uint64_t philox_lanes;
#define PHILOX_MUL(a, b) ((uint64_t)(uint32_t)(a) * (uint32_t)(b))
#include "philox.h"

#include "../vec/f32.h"
#include "random.template.h"

#include "../vec/f64.h"
#include "random.template.h"

void tgc_random_generic(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}
