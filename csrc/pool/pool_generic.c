#include "pool.h"
#include "taps.h"

#include "../vec/generic.h"

#include "../vec/f32.h"
#include "pool.template.h"

#include "../vec/f64.h"
#include "pool.template.h"

void tgc_pool_generic(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}
