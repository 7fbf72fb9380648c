#include "elementwise.h"
#include "loop.h"

#include <tgmath.h>

#include "../vec/avx2.h"

#include "../vec/f32.h"
#include "elementwise.template.h"

#include "../vec/f64.h"
#include "elementwise.template.h"

void tgc_elementwise_avx2(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
