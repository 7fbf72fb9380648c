#include "norm.h"

#include "../vec/avx2.h"

#include "../vec/f32.h"
#include "norm.template.h"

#include "../vec/f64.h"
#include "norm.template.h"

void tgc_norm_avx2(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
