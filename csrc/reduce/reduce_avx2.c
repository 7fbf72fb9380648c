#include "moments.h"
#include "reduce.h"

#include <math.h>

#include "../vec/avx2.h"

#define LOOPS "arg_vec.template.h"

#include "../vec/f32.h"
#include "reduce.template.h"
#include "moments.template.h"
#include "variance.template.h"
#include "reduce_arg.template.h"

#include "../vec/f64.h"
#include "reduce.template.h"
#include "moments.template.h"
#include "variance.template.h"
#include "reduce_arg.template.h"

void tgc_reduce_avx2(tgc_table table)
{
    install_f32(table);
    install_f64(table);
    install_variance_f32(table);
    install_variance_f64(table);
    install_arg_f32(table);
    install_arg_f64(table);
}

#include "../vec/end.h"
