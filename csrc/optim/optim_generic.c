#include "optim.h"

#include "../vec/generic.h"

#include "../vec/f32.h"
#include "optim.template.h"

#include "../vec/f64.h"
#include "optim.template.h"

void tgc_optim_generic(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}
