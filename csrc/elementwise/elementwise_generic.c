#include "elementwise.h"
#include "loop.h"

#include <tgmath.h>

#include "../vec/generic.h"

#include "../vec/f32.h"
#include "elementwise.template.h"

#include "../vec/f64.h"
#include "elementwise.template.h"

void tgc_elementwise_generic(tgc_table table)
{
    install_f32(table);
    install_f64(table);
    tgc_elementwise_integer(table);
    tgc_elementwise_bool(table);
    tgc_elementwise_cast(table);
    tgc_elementwise_copy(table);
}
