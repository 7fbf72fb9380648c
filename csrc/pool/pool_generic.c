#include "pool.h"

#include <math.h>

#include "taps.h"

#include "../vec/generic.h"

#include "../vec/f32.h"
#include "taps.template.h"
#include "windows.template.h"
#include "pairs.template.h"
#include "max_pool.template.h"
#include "avg_pool.template.h"

#include "../vec/f64.h"
#include "taps.template.h"
#include "windows.template.h"
#include "pairs.template.h"
#include "max_pool.template.h"
#include "avg_pool.template.h"

void tgc_pool_generic(tgc_table table)
{
    install_max_pool_f32(table);
    install_max_pool_f64(table);
    install_avg_pool_f32(table);
    install_avg_pool_f64(table);
}
