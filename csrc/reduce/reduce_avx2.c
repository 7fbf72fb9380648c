#include "moments.h"
#include "reduce.h"

#include "../vec/avx2.h"

#include "../vec/f32.h"
#include "reduce.template.h"

#include "../vec/f64.h"
#include "reduce.template.h"

void tgc_reduce_avx2(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
