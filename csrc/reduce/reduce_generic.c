#include "moments.h"
#include "reduce.h"

#include "../vec/generic.h"

#include "../vec/f32.h"
#include "reduce.template.h"

#include "../vec/f64.h"
#include "reduce.template.h"

void tgc_reduce_generic(tgc_table table)
{
    tgc_reduce_plain(table);
    tgc_reduce_arg(table);
    install_f32(table);
    install_f64(table);
}
