#include "norm.h"

#include "../vec/generic.h"

#include "../vec/f32.h"
#include "norm.template.h"

#include "../vec/f64.h"
#include "norm.template.h"

void tgc_norm_generic(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}
