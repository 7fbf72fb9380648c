#include "loss.h"

#include "../elementwise/elementwise.h"
#include "../runtime/lines.h"
#include "../vec/avx512.h"

#include "../vec/f32.h"
#include "loss.template.h"

#include "../vec/f64.h"
#include "loss.template.h"

void tgc_loss_avx512(tgc_table table)
{
    install_f32(table);
    install_f64(table);
}

#include "../vec/end.h"
