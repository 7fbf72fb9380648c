#include "dropout.h"
#include "normal.h"
#include "../runtime/lines.h"

#include "../vec/generic.h"

typedef uint64_t philox_lanes;
#define PHILOX_MUL(a, b) ((uint64_t)(uint32_t)(a) * (uint32_t)(b))
#include "philox.h"

#include "../vec/f32.h"
#include "../vec/math.template.h"
#include "dropout.template.h"
#include "normal.template.h"

#include "../vec/f64.h"
#include "../vec/math.template.h"
#include "dropout.template.h"
#include "normal.template.h"

void tgc_random_generic(tgc_table table)
{
    install_dropout_f32(table);
    install_dropout_f64(table);
    install_normal_f32(table);
    install_normal_f64(table);
}
